"""`python -m tests.bench`: measures the bars of the settlement core, of the API and of the pages."""

import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from coalition.app import tune_process
from tests.bench import api, callers, console, history, newcomer, pages, posting, tills, workers, year
from tests.bench.result import Result, as_json, as_table
from tests.bench.server import Server, running_server
from tests.bench.sizes import FULL, QUICK, Sizes

GROUPS: Mapping[str, str] = {
    "posting": "postings a second in batches of 1,000, hot accounts, SQLite beside PostgreSQL",
    "callers": "64 callers that each wait for their own answer",
    "history": "cost of a posting in an old book, close of its window",
    "newcomer": "a young alliance on the database of a large old one, against the same alone",
    "api": "redemptions a second over HTTP, against a no-op and against an endpoint with SELECT … FOR UPDATE",
    "workers": "redemptions a second with one, two and four processes on PostgreSQL, against one on SQLite",
    "tills": "twenty tills that sell at once on SQLite",
    "year": "replay of the real year",
    "pages": "the wallet on a slow phone with slow reception",
    "console": "the console's pages on the real year and on a large book",
}

WIDTH = 120
"""Of the table, also where it goes into a file."""


def main(
    only: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help=f"Only this, again for another: {', '.join(GROUPS)}.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", metavar="FILE", help="Write every single measurement as JSON.")
    ] = None,
    *,
    quick: Annotated[bool, typer.Option("--quick", help="Smaller sizes: a look, not a verdict.")] = False,
    moves: Annotated[int | None, typer.Option(min=1, help="Of the large book of `history` and `console`.")] = None,
    postgresql: Annotated[bool, typer.Option("--postgresql", help="Measure `console` on PostgreSQL.")] = False,
) -> None:
    """Measure the bars of the settlement core, of the API and of the pages.

    Starts a PostgreSQL of its own with fsync on, in the temporary directory: let TMPDIR name a folder on the
    disk that is to be measured, with 10 GB to spare. Takes a quarter of an hour, on a machine that does nothing
    else. Ends with 1 where a bar is not met.
    """
    unknown = [name for name in only or () if name not in GROUPS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is none of {', '.join(GROUPS)}", param_hint="--only")
    tune_process()
    sizes = QUICK if quick else FULL
    results = _measure(
        only or list(GROUPS), sizes if moves is None else replace(sizes, old_moves=moves), postgresql=postgresql
    )
    Console(width=WIDTH).print(as_table(results))
    if json_file is not None:
        about = {"python": platform.python_version(), "machine": platform.machine(), "cores": os.cpu_count()}
        json_file.write_text(
            json.dumps({**about, "quick": quick, "results": as_json(results)}, indent=1, ensure_ascii=False) + "\n",
            encoding="utf-8",
        )
    if not all(result.met for result in results):
        raise typer.Exit(1)


def _measure(names: list[str], sizes: Sizes, *, postgresql: bool) -> list[Result]:
    screen = Console(stderr=True)
    results: list[Result] = []
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))

        @cache
        def server() -> Server:
            return stack.enter_context(running_server())

        groups: Mapping[str, Callable[[], list[Result]]] = {
            "posting": lambda: posting.measure(server(), folder, sizes),
            "callers": lambda: callers.measure(server(), folder, sizes),
            "history": lambda: history.measure(server(), folder, sizes),
            "newcomer": lambda: newcomer.measure(server(), sizes),
            "api": lambda: api.measure(server(), sizes),
            "workers": lambda: workers.measure(server(), folder, sizes),
            "tills": lambda: tills.measure(folder, sizes),
            "year": lambda: year.measure(folder, sizes),
            "pages": lambda: pages.measure(folder, sizes),
            "console": lambda: console.measure(folder, sizes, server() if postgresql else None),
        }
        for name in names:
            with screen.status(f"{name}: {GROUPS[name]} …"):
                results += groups[name]()
    return results


if __name__ == "__main__":
    typer.run(main)
