"""The lab's sandbox: one process apart, with limits on size, time and memory, that runs scenarios one by one.

A run is arithmetic in plain Python for seconds; in the server's own process it would hold up every other request.
"""

import resource
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from coalition.lab import RunLimits, as_data, read_mapping, read_purchases, run, schemes
from coalition.lab.errors import LabBusy, OutOfMemory

LIMITS = RunLimits(events=20_000, seconds=10)
"""What one run may ask for; 20,000 events take a few seconds."""
MEMORY_BYTES_MAX = 2 * 1024**3
WAITING_MAX = 8
"""Runs that may wait for their turn; the next one is told to come back."""


class Sandbox:
    """Starts its process with the first run, and a new one where that died."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0

    def run(self, scenario: dict[str, Any], purchases: str) -> dict[str, Any]:
        """Run a scenario, given as plain data. Raises LabError."""
        if self._waiting >= WAITING_MAX:
            raise LabBusy
        self._waiting += 1
        try:
            return self._submit(scenario, purchases).result()
        except BrokenProcessPool:
            self._pool = None
            raise OutOfMemory from None
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Stop the process."""
        if self._pool is not None:
            self._pool.shutdown()

    def _submit(self, scenario: dict[str, Any], purchases: str) -> Future[dict[str, Any]]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_start, initargs=(list(schemes.__path__),)
            )
        return self._pool.submit(_run, scenario, purchases)


def _start(scheme_folders: list[str]) -> None:
    """Find schemes where the server finds them, and limit the memory."""
    schemes.__path__[:] = scheme_folders
    # A Mac knows the limit but does not enforce it.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


def _run(scenario_data: dict[str, Any], purchases: str) -> dict[str, Any]:
    try:
        scenario = read_mapping(scenario_data)
        if purchases:
            scenario = scenario.with_purchases(read_purchases(purchases.encode("utf-8", "replace")))
        return as_data(run(scenario, LIMITS))
    except MemoryError:
        raise OutOfMemory from None
