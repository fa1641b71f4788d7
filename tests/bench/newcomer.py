"""A young alliance on the PostgreSQL of a large old one, against the same alone."""

from tests.bench.result import Result, Runs
from tests.bench.server import Server
from tests.bench.sizes import Sizes
from tests.bench.town import Town, in_turn

SHARE_MIN = 0.8
"""Of the postings a second that it makes alone."""


def measure(server: Server, sizes: Sizes) -> list[Result]:
    """Postings a second of a town that joined after the last ANALYZE, in turns with the same town alone."""
    old = Town(server.create_database("shared"), sizes.members, "old town")
    old.fill(sizes.young_moves)
    old.close()
    server.execute("shared", "VACUUM ANALYZE", "CHECKPOINT")
    names = {"beside an old one": server.url("shared"), "alone": server.create_database("alone")}
    towns = {name: Town(url, sizes.newcomers, "new town") for name, url in names.items()}
    for database in ("shared", "alone"):
        # The time until the next ANALYZE is what is measured; its rounds would bring it on.
        server.execute(database, "ALTER TABLE accounts SET (autovacuum_enabled = off)")
    runs: dict[str, list[float]] = {name: [] for name in towns}
    for turn in range(sizes.rounds):
        for name, town in in_turn(towns, turn):
            runs[name].append(town.in_batches(town.uniform(sizes.postings_between)))
    for town in towns.values():
        town.close()
    beside, alone = (Runs(name, values) for name, values in runs.items())
    return [Result("newcomer", "a young alliance beside an old one", "/s", beside, alone, at_least=SHARE_MIN)]
