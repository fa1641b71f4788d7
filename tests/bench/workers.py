"""One redemption a request of one alliance, served by one, two and four processes as `coalition serve` starts them."""

from collections import defaultdict
from pathlib import Path

import uvloop

from tests.bench.api import Requests, fill, served
from tests.bench.api_server import CONNECTIONS
from tests.bench.http_load import load
from tests.bench.result import Result, Runs
from tests.bench.server import Server
from tests.bench.sizes import Sizes
from tests.support.command import PROCESS

PROCESSES = (1, 2, 4)


def measure(server: Server, folder: Path, sizes: Sizes) -> list[Result]:
    """Redemptions a second on PostgreSQL by number of processes, each against a single process on SQLite."""
    on_sqlite, on_postgresql = f"sqlite:///{folder / 'workers.db'}", server.create_database("workers")
    keys = {url: fill(url, sizes.members) for url in (on_sqlite, on_postgresql)}
    server.execute("workers", "VACUUM ANALYZE", "CHECKPOINT")
    requests = {url: Requests(key, sizes.members).single("/v1/purchases") for url, key in keys.items()}
    runs: dict[tuple[str, int], list[float]] = defaultdict(list)
    for _ in range(sizes.rounds):
        for url, processes in ((on_sqlite, 1), *((on_postgresql, number) for number in PROCESSES)):
            command = (*PROCESS, "serve", "--no-jobs", "--database-url", url, "--workers", str(processes))
            with served(*command, "--port", COALITION_RATE_SCALE="0") as port:
                uvloop.run(load(port, CONNECTIONS, 1, requests[url]))
                runs[url, processes].append(uvloop.run(load(port, CONNECTIONS, sizes.api_seconds, requests[url])).rate)
    yardstick = Runs("one process, SQLite", runs[on_sqlite, 1])
    return [
        Result(
            "workers",
            f"one redemption a request, processes on PostgreSQL: {processes}",
            "/s",
            Runs(f"{processes} on PostgreSQL", runs[on_postgresql, processes]),
            yardstick,
        )
        for processes in PROCESSES
    ]
