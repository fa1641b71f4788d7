"""64 callers, each of which waits for its own answer, against pgbench with 8 clients."""

from collections import defaultdict
from pathlib import Path

from tests.bench.result import Result, Runs
from tests.bench.server import Server
from tests.bench.sizes import Sizes
from tests.bench.town import TURNS, Town, in_turn

CALLERS = 64
CLIENTS = 8
KINDS = {"coroutines": Town.by_tasks, "threads": Town.by_threads}


def measure(server: Server, folder: Path, sizes: Sizes) -> list[Result]:
    """Answers a second, on both databases."""
    towns = {
        "PostgreSQL": Town(server.create_database("callers"), sizes.members),
        "SQLite": Town(f"sqlite:///{folder / 'callers.db'}", sizes.members),
    }
    server.execute("callers", "VACUUM ANALYZE", "CHECKPOINT")
    runs: dict[str, list[float]] = defaultdict(list)
    tpcb = []
    for number in range(sizes.rounds):
        rate = server.tpcb_like(CLIENTS, sizes.pgbench_seconds)
        server.clean_up()
        for town in towns.values():
            town.warm_up()
        for turn in range(number * TURNS, (number + 1) * TURNS):
            tpcb.append(rate)
            for kind, by in in_turn(KINDS, turn // len(towns)):
                for name, town in in_turn(towns, turn):
                    postings = town.uniform(sizes.postings_a_caller * CALLERS)
                    runs[f"{CALLERS} {kind}, {name}"].append(by(town, postings, CALLERS))
    for town in towns.values():
        town.close()
    yardstick = Runs(f"tpcb-like, {CLIENTS} clients", tpcb)
    # Threads cost more than coroutines in any Python program; the server's callers are coroutines.
    return [
        Result("callers", name, "/s", Runs(name, values), yardstick, at_least=2 if "coroutines" in name else None)
        for name, values in runs.items()
    ]
