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
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, NoReturn

from coalition.lab import (
    Result,
    RunLimits,
    Scenario,
    find_models,
    json_pieces,
    read_mapping,
    read_purchases,
    run,
    schemes,
)
from coalition.lab.errors import GrowthTooLarge, LabBusy, LabRunUnderWay, OutOfMemory, OutputTooLong
from coalition.lab.growth import read_growth
from coalition.lab.runner import ROWS_KEPT
from coalition.locale.error_text import phrase_text
from coalition.locale.formats import Lang

if TYPE_CHECKING:
    from coalition.lab.simulation.outcome import Simulation

Job = Callable[[Scenario, RunLimits], bytes]
"""What the process does with a scenario within limits; it is sent there, so it is a plain value."""

LIMITS = RunLimits(events=20_000, seconds=10, rows=ROWS_KEPT)
"""What one run may ask for, its verdict and its output included; 20,000 events take a few seconds."""
GROWTH_CELLS_MAX = 10_000_000
"""Runs × members of a growth experiment: as many as take a few seconds."""
MEMORY_BYTES_MAX = 2 * 1024**3
HARD_SECONDS = 30
"""After which a run is ended that does not look at the clock. All limits are of the processor's time: where others are
at work a run waits for them, and is none the longer for it.
"""
PLACES = 4
"""Runs that may be under way or wait for their turn, each of another caller; the next one is told to come back."""
NICENESS = 15


class Sandbox:
    """Starts its process with the first run or when told to before, and a new one where that died."""

    def __init__(self, places: int = PLACES, limits: RunLimits = LIMITS) -> None:
        self._limits = limits
        self._pool: ProcessPoolExecutor | None = None
        self._starting = Lock()
        self._places = places
        self.callers: set[str] = set()
        """Whose runs are under way."""

    async def run(self, caller: str, scenario: dict[str, Any], job: Job) -> bytes:
        """Do a job with a scenario, given as plain data; the result as JSON or HTML. Raises LabError."""
        if caller in self.callers:
            raise LabRunUnderWay
        if len(self.callers) >= self._places:
            raise LabBusy
        self.callers.add(caller)
        try:
            return await asyncio.wrap_future(self._submit(scenario, job))
        except BrokenProcessPool:
            self._pool = None
            raise OutOfMemory from None
        finally:
            self.callers.discard(caller)

    def start(self) -> None:
        """Start the process, if it isn't there: in the background, so that the first run need not wait for it."""
        if self._pool is None:
            self._started().submit(find_models)

    def close(self) -> None:
        """Stop the process."""
        if self._pool is not None:
            self._pool.shutdown()

    def _submit(self, scenario: dict[str, Any], job: Job) -> Future[bytes]:
        return self._started().submit(_run, scenario, job, self._limits)

    def _started(self) -> ProcessPoolExecutor:
        # The list of models is answered in a thread of its own.
        with self._starting:
            if self._pool is None:
                self._pool = ProcessPoolExecutor(
                    1, mp_context=get_context("spawn"), initializer=_start, initargs=(list(schemes.__path__),)
                )
            return self._pool


def _start(scheme_folders: list[str]) -> None:
    """Find schemes where the server finds them, limit the memory, and step back behind the server."""
    schemes.__path__[:] = scheme_folders
    os.nice(NICENESS)
    # A Mac knows the limit but does not enforce it.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


def _run(data: dict[str, Any], job: Job, limits: RunLimits) -> bytes:
    # The kernel ends a run that doesn't even come to raise an error.
    signal.setitimer(signal.ITIMER_PROF, HARD_SECONDS)
    signal.signal(signal.SIGVTALRM, partial(_stop, limits.seconds or 0))
    signal.setitimer(signal.ITIMER_VIRTUAL, limits.seconds or 0)
    try:
        return job(read_mapping(data), limits)
    except MemoryError:
        raise OutOfMemory from None
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)


def _stop(seconds: float, *_: object) -> NoReturn:
    raise OutputTooLong(seconds)


@dataclass(frozen=True)
class RunJob:
    """Run a scenario, and after its events the real purchases of a CSV file. The result as JSON.

    Where a file is named, the row of every event is written there, and nothing is handed back.
    """

    purchases: str = ""
    every_row_to: Path | None = None

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:
        result = self.result(scenario, limits)
        if self.every_row_to is None:
            return "".join(json_pieces(result)).encode()
        with self.every_row_to.open("w", encoding="utf-8") as file:
            file.writelines(json_pieces(result))
        return b""

    def result(self, scenario: Scenario, limits: RunLimits) -> Result:
        """The run itself."""
        if self.purchases:
            scenario = scenario.with_purchases(read_purchases(self.purchases.encode("utf-8", "replace")))
        return run(scenario, replace(limits, rows=limits.rows if self.every_row_to is None else None))


@dataclass(frozen=True)
class ReportJob:
    """Run a scenario, and write its page in HTML."""

    lang: Lang
    run: RunJob

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:
        from coalition.lab.report.report import report

        return report(self.run.result(scenario, limits), self.lang).encode()


@dataclass(frozen=True)
class SummaryJob:
    """Run a scenario, and say in short what came of it. The summary as JSON."""

    lang: Lang
    run: RunJob

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:
        from coalition.lab.report.run_summary import run_summary

        return json.dumps(run_summary(self.run.result(scenario, limits), self.lang), ensure_ascii=False).encode()


@dataclass(frozen=True)
class PosterJob:
    """Run a scenario, and set its page for a wall, as a PDF."""

    lang: Lang
    run: RunJob

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:
        from coalition.lab.report.poster import poster

        return poster(self.run.result(scenario, limits), self.lang, "wall")


@dataclass(frozen=True)
class GrowthJob:
    """Let a scheme grow by the scenario's growth table. The result as JSON."""

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:  # noqa: ARG002
        # numpy takes a second to load: only growth needs it.
        from coalition.lab.simulation.grow import growth_data

        return json.dumps(growth_data(scenario, _grow(scenario)), ensure_ascii=False).encode()


@dataclass(frozen=True)
class GrowthSummaryJob:
    """Let a scheme grow, and say in words what the runs show beside the figures. Both as JSON."""

    lang: Lang

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:  # noqa: ARG002
        from coalition.lab.report.growth_report import growth_words
        from coalition.lab.simulation.grow import growth_data

        simulation = _grow(scenario)
        words = [phrase_text(sentence, self.lang) for sentence in growth_words(scenario, simulation)]
        return json.dumps({"words": words, **growth_data(scenario, simulation)}, ensure_ascii=False).encode()


@dataclass(frozen=True)
class GrowthReportJob:
    """Let a scheme grow, and write its page in HTML."""

    lang: Lang

    def __call__(self, scenario: Scenario, limits: RunLimits) -> bytes:  # noqa: ARG002
        from coalition.lab.report.growth_report import growth_report

        return growth_report(scenario, _grow(scenario), self.lang).encode()


def _grow(scenario: Scenario) -> "Simulation":
    from coalition.lab.simulation.grow import grow

    growth = read_growth(scenario.growth or {})
    cells = growth.count("runs") * growth.count("members")
    if cells > GROWTH_CELLS_MAX:
        raise GrowthTooLarge(cells, GROWTH_CELLS_MAX)
    return grow(scenario)
