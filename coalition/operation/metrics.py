"""Figures for Prometheus, on a port of their own.

They tell how busy every alliance of the server is, so they are the business of whoever runs the machine, not of any
alliance's key; and a port of their own can stay closed to the world by the firewall, without a rule for a path.
"""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Gauge, Histogram, start_http_server
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

FOLDER_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
"""Where several processes keep their figures, so that one can tell them all; the library reads it when imported."""

REQUESTS = Counter("coalition_requests", "Requests answered.", ["method", "route", "status"])
SECONDS = Histogram(
    "coalition_request_seconds",
    "Time from a request to the end of its answer.",
    ["route"],
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
BATCH_POSTINGS = Histogram(
    "coalition_batch_postings",
    "Postings that shared one commit.",
    buckets=(1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000),
)
BATCH_SECONDS = Histogram(
    "coalition_batch_seconds",
    "Time until a batch is written, its commit and its turn behind other batches included.",
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
QUEUE = Gauge("coalition_queue_callers", "Callers who wait for the next batch.", multiprocess_mode="livesum")
DATABASE_ERRORS = Counter("coalition_database_errors", "Requests that failed since the database could not be used.")


def share_between_processes() -> None:
    """Let processes that are started from now on keep their figures where this one finds them."""
    os.environ.setdefault(FOLDER_VARIABLE, tempfile.mkdtemp(prefix="coalition-metrics-"))


def serve_metrics(address: str, port: int, asked: Collector) -> None:
    """Answer scrapes on a port of their own, in a thread; `asked` adds what is found out at that moment.

    Raises OSError where the port is taken.
    """
    folder = os.environ.get(FOLDER_VARIABLE)
    registry = REGISTRY if folder is None else _OfAllProcesses(folder)
    start_http_server(port, address, registry)
    registry.register(asked)


class _OfAllProcesses(CollectorRegistry):
    """Adds up the figures of all processes; one that died no longer has anybody waiting."""

    def __init__(self, folder: str) -> None:
        super().__init__()
        self._folder = Path(folder)
        MultiProcessCollector(self, folder)  # type: ignore[no-untyped-call]

    def collect(self) -> Iterable[Metric]:
        for file in self._folder.glob("gauge_live*_*.db"):
            pid = int(file.stem.rpartition("_")[2])
            if not Path(f"/proc/{pid}").exists() and Path("/proc/self").exists():
                mark_process_dead(pid, str(self._folder))  # type: ignore[no-untyped-call]
        return super().collect()
