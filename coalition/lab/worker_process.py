"""The lab's sandbox: one process apart, with limits on size, time and memory, that runs scenarios one by one.

A run is arithmetic in plain Python for seconds; in the server's own process it would hold up every other request. The
process yields the processor to whoever else wants it, and what it answers is JSON already when it leaves it.
"""

import asyncio
import json
import os
import resource
import signal
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any

from coalition.lab import RunLimits, as_data, read_mapping, read_purchases, run, schemes
from coalition.lab.errors import LabBusy, LabRunUnderWay, OutOfMemory

LIMITS = RunLimits(events=20_000, seconds=10)
"""What one run may ask for; 20,000 events take a few seconds."""
MEMORY_BYTES_MAX = 2 * 1024**3
HARD_SECONDS = 30
"""After which a run is ended that does not look at the clock."""
PLACES = 4
"""Runs that may be under way or wait for their turn, each of another caller; the next one is told to come back."""
NICENESS = 15


class Sandbox:
    """Starts its process with the first run, and a new one where that died."""

    def __init__(self, places: int = PLACES) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._places = places
        self.callers: set[str] = set()
        """Whose runs are under way."""

    async def run(self, caller: str, scenario: dict[str, Any], purchases: str) -> bytes:
        """Run a scenario, given as plain data; the result as JSON. Raises LabError."""
        if caller in self.callers:
            raise LabRunUnderWay
        if len(self.callers) >= self._places:
            raise LabBusy
        self.callers.add(caller)
        try:
            return await asyncio.wrap_future(self._submit(scenario, purchases))
        except BrokenProcessPool:
            self._pool = None
            raise OutOfMemory from None
        finally:
            self.callers.discard(caller)

    def close(self) -> None:
        """Stop the process."""
        if self._pool is not None:
            self._pool.shutdown()

    def _submit(self, scenario: dict[str, Any], purchases: str) -> Future[bytes]:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_start, initargs=(list(schemes.__path__),)
            )
        return self._pool.submit(_run, scenario, purchases)


def _start(scheme_folders: list[str]) -> None:
    """Find schemes where the server finds them, limit the memory, and step back behind the server."""
    schemes.__path__[:] = scheme_folders
    os.nice(NICENESS)
    # A Mac knows the limit but does not enforce it.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


def _run(scenario_data: dict[str, Any], purchases: str) -> bytes:
    signal.alarm(HARD_SECONDS)
    try:
        scenario = read_mapping(scenario_data)
        if purchases:
            scenario = scenario.with_purchases(read_purchases(purchases.encode("utf-8", "replace")))
        return json.dumps(as_data(run(scenario, LIMITS)), ensure_ascii=False).encode()
    except MemoryError:
        raise OutOfMemory from None
    finally:
        signal.alarm(0)
