"""The console's pages on the real year, and on a made-up one with as many moves as a large alliance makes.

Each page is asked for in this process, without a socket: what is measured is the server's work, by the clock, and by
the processor's time beside it, which says on a busy machine what the clock would on a quiet one.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, process_time

from fastapi.testclient import TestClient

from coalition.app import open_database
from settlement.ledger import Database
from tests.bench.large_year import fill_large_year
from tests.bench.result import Result, Runs
from tests.bench.server import Server
from tests.bench.sizes import Sizes
from tests.pages.visitor import Visitor
from tests.pages.walk import walk
from tests.pages.year_town import MANAGER, OWNER, YearTown, count_all, fill_year, publish_all, year_town

OVERVIEW = "/console"
OVERVIEW_MS_MAX, PAGE_MS_MAX = 150, 300
SLOWEST = 5
"""Kinds of pages that are named besides."""
TWENTIETH = 20


@dataclass
class Times:
    """Milliseconds that the pages of a kind took, by the clock and by the processor."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def measure(folder: Path, sizes: Sizes, server: Server | None = None) -> list[Result]:
    """The time within which nineteen of twenty pages are there: of the overview, and of the slowest kind. On SQLite, or
    on a server's databases.
    """
    fillings: dict[str, Callable[[Database], None]] = {
        "the real year": fill_year,
        f"{sizes.old_moves / 1e6:g} M moves": lambda database: fill_large_year(database, sizes.old_moves),
    }
    results: list[Result] = []
    for number, (name, fill) in enumerate(fillings.items()):
        file = f"sqlite:///{folder / 'console.db'}"
        database = open_database(file if server is None else server.create_database(f"console_{number}"))
        fill(database)
        with year_town(database) as town:
            count_all(town.alliance)
            publish_all(town.alliance)
            on = name if server is None else f"{name} on PostgreSQL"
            results += results_of(on, times_of(town, sizes.rounds))
        database.close()
        for left in folder.glob("console.db*"):
            left.unlink()
    return results


def times_of(town: YearTown, rounds: int) -> dict[str, Times]:
    """How long each kind of page takes, by its route. The first look at each, which reads its template, is a walk."""
    times = defaultdict[str, Times](Times)
    for email in (OWNER, MANAGER):
        http = Visitor.with_session(town.app, "http://localhost", town.session(email)).http
        pages = [(read.route, read.address) for read in walk(http, of_a_kind=1)]
        for _ in range(rounds):
            for route, address in pages:
                _look(http, address, times[route])
    return times


def _look(http: TestClient, address: str, times: Times) -> None:
    wall, cpu = perf_counter(), process_time()
    answer = http.get(address)
    times.wall.append((perf_counter() - wall) * 1e3)
    times.cpu.append((process_time() - cpu) * 1e3)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def results_of(name: str, times: dict[str, Times]) -> list[Result]:
    """The bars of one book."""
    overview = times.pop(OVERVIEW)
    slowest = sorted(times, key=lambda route: -_p95(times[route].wall))[:SLOWEST]
    rows = [(OVERVIEW, overview, OVERVIEW_MS_MAX), *((route, times[route], PAGE_MS_MAX) for route in slowest)]
    return [
        Result(
            "console",
            f"{route}, {name}: p95 ({_p95(of_kind.cpu):.0f} ms of processor)",
            "ms",
            Runs("p95", [_p95(of_kind.wall)]),
            at_most=at_most,
            others=[Runs("wall", of_kind.wall), Runs("processor", of_kind.cpu)],
        )
        for route, of_kind, at_most in rows
    ]


def _p95(values: list[float]) -> float:
    return sorted(values)[-1 - len(values) // TWENTIETH]
