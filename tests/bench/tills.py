"""Twenty tills that sell at once on SQLite, in the process that also publishes events and looks for findings."""

from pathlib import Path

import uvloop

from tests.bench.api import Requests, fill, served
from tests.bench.http_load import load
from tests.bench.result import Result, Runs
from tests.bench.sizes import Sizes
from tests.support.command import PROCESS

TILLS = 20
P95_MS_MAX = 150
WARM_SECONDS = 1
MS = 1_000


def measure(folder: Path, sizes: Sizes) -> list[Result]:
    """The time within which nineteen of twenty sales are booked, while each till sells on as soon as it has its answer.

    A cashier pauses between two customers: this is harder than twenty of them.
    """
    url = f"sqlite:///{folder / 'tills.db'}"
    requests = Requests(fill(url, sizes.newcomers), sizes.newcomers).single("/v1/purchases")
    with served(*PROCESS, "serve", "--database-url", url, "--port", COALITION_RATE_SCALE="0") as port:
        uvloop.run(load(port, TILLS, WARM_SECONDS, requests))
        p95 = [
            uvloop.run(load(port, TILLS, sizes.api_seconds, requests)).percentile(0.95) * MS
            for _ in range(sizes.rounds)
        ]
    name = f"a sale with {TILLS} tills at once on SQLite, its slowest twentieth (p95)"
    return [Result("tills", name, "ms", Runs("p95", p95), at_most=P95_MS_MAX)]
