"""Durable postings in batches of 1,000: against pgbench, on one hot account, on SQLite."""

from collections import defaultdict
from pathlib import Path

from tests.bench.result import Result, Runs
from tests.bench.server import Server
from tests.bench.sizes import Sizes
from tests.bench.town import TURNS, Town, in_turn

CLIENTS = (1, 8, 32)
PER_SECOND = "/s"
KINDS = {"uniform": Town.uniform, "one shop": Town.hot_shop, "one lot": Town.hot_lot}


def measure(server: Server, folder: Path, sizes: Sizes) -> list[Result]:
    """Postings a second, in rounds of everything."""
    towns = {
        "PostgreSQL": Town(server.create_database("posting"), sizes.members),
        "SQLite": Town(f"sqlite:///{folder / 'posting.db'}", sizes.members),
    }
    server.execute("posting", "VACUUM ANALYZE", "CHECKPOINT")
    runs: dict[str, list[float]] = defaultdict(list)
    for number in range(sizes.rounds):
        rates = {clients: server.tpcb_like(clients, sizes.pgbench_seconds) for clients in CLIENTS}
        server.clean_up()
        for town in towns.values():
            town.warm_up()
        for turn in range(number * TURNS, (number + 1) * TURNS):
            for clients, rate in rates.items():
                runs[f"tpcb-like, {clients} clients"].append(rate)
            for kind, make in in_turn(KINDS, turn):
                for name, town in in_turn(towns, turn):
                    runs[f"{name}, {kind}"].append(town.in_batches(make(town, sizes.postings)))
    for town in towns.values():
        town.close()
    measured = {name: Runs(name, values) for name, values in runs.items()}
    tpcb = [measured[f"tpcb-like, {clients} clients"] for clients in CLIENTS]
    return [*_results(measured, tpcb), *_hot(measured)]


def _results(measured: dict[str, Runs], tpcb: list[Runs]) -> list[Result]:
    uniform = measured["PostgreSQL, uniform"]
    best = max(tpcb, key=lambda runs: runs.median)
    return [
        Result("posting", "postings on PostgreSQL", PER_SECOND, uniform, best, at_least=4, others=tpcb),
        Result("posting", "postings on SQLite", PER_SECOND, measured["SQLite, uniform"], uniform, at_least=1),
    ]


def _hot(measured: dict[str, Runs]) -> list[Result]:
    return [
        Result(
            "posting",
            f"every posting at {kind}, {name}" if kind == "one shop" else f"{kind} in every posting, {name}",
            PER_SECOND,
            measured[f"{name}, {kind}"],
            measured[f"{name}, uniform"],
            at_least=1,
        )
        for name in ("PostgreSQL", "SQLite")
        for kind in ("one shop", "one lot")
    ]
