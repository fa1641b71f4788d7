"""A book with much history: what a posting costs in it, and how long its window takes to close."""

from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from time import perf_counter
from typing import Any

from settlement.clearing import close_window
from settlement.clearing.windows import counted_tallies, maintained_tallies, nets_of
from tests.bench.result import Result, Runs
from tests.bench.server import Server
from tests.bench.sizes import Sizes
from tests.bench.town import WEEK, Town

COST_RATIO_MAX = 1.2
COUNTED_CLOSE_SECONDS_MAX = 2.0
CLOSE_SECONDS_MAX = 0.1
COUNTS = 5


def measure(server: Server, folder: Path, sizes: Sizes) -> list[Result]:
    """What a posting costs in a young and in an old book, then the close of the old one's window."""
    results: list[Result] = []
    databases: Mapping[str, Callable[[str], str]] = {
        "PostgreSQL": server.create_database,
        "SQLite": lambda age: f"sqlite:///{folder / age}.db",
    }
    for database, url in databases.items():
        young, old = (Town(url(age), sizes.settled_members) for age in ("young", "old"))
        young.fill(sizes.young_moves)
        old.fill(sizes.old_moves)
        if database == "PostgreSQL":
            for age in ("young", "old"):
                # What the filling left for later is not for the measured postings to pay.
                server.execute(age, "VACUUM ANALYZE", "CHECKPOINT")
        results.append(_cost(database, young, old, sizes))
        results += _close(database, old)
        young.close()
        old.close()
    return sorted(results, key=lambda result: result.group)


def _cost(database: str, young: Town, old: Town, sizes: Sizes) -> Result:
    """Microseconds a posting, taken in turns."""
    name = f"a posting among {_millions(old.moves)} moves, {database}"
    beside = f"among {_millions(young.moves)}"
    costs: dict[Town, list[float]] = {young: [], old: []}
    for turn in range(sizes.rounds):
        for town in (young, old) if turn % 2 else (old, young):
            costs[town].append(1e6 / town.in_batches(town.uniform(sizes.postings_between)))
    return Result("history", name, "µs", Runs(name, costs[old]), Runs(beside, costs[young]), at_most=COST_RATIO_MAX)


def _close(database: str, town: Town) -> list[Result]:
    """Seconds to net the window anew from its moves, and to close it by the totals that were kept."""
    book = town.book
    window_id = book.calendar.window(town.now)[0]
    of = f"{_millions(town.moves)} moves, {database}"
    with closing(book.database.session()) as session, book.database.engine.connect() as connection:
        config = book.config(session)
        counting = []
        for _ in range(COUNTS):
            started = perf_counter()
            counted = counted_tallies(book, connection, window_id)
            nets = nets_of(config, counted)
            counting.append(perf_counter() - started)
            # A reader's transaction left open would be in the way of the close on SQLite.
            connection.rollback()
        kept = maintained_tallies(book, session, window_id)
        town.now += WEEK
        started = perf_counter()
        closed = close_window(book, session, window_id)
        seconds = perf_counter() - started
    _agree("tallies", counted, kept)
    _agree("nets", nets, closed.nets)
    return [
        Result(
            "close",
            f"nets counted from {of}",
            "s",
            Runs("counted", counting),
            at_most=COUNTED_CLOSE_SECONDS_MAX if database == "PostgreSQL" else None,
        ),
        # Once: a window closes only once.
        Result("close", f"window closed after {of}", "s", Runs("closed", [seconds]), at_most=CLOSE_SECONDS_MAX),
    ]


def _agree(what: str, counted: Any, kept: Any) -> None:
    if not counted or counted != kept:
        raise RuntimeError(f"the {what} counted from the moves are not those that were kept")


def _millions(moves: int) -> str:
    return f"{moves / 1e6:.2g} million"
