"""The lab's sandbox: one process apart, with limits on size, time and memory, that runs scenarios one by one.

A run is arithmetic in plain Python for seconds; in the server's own process it would hold up every other request.
"""

import resource
import sys
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, NamedTuple

from coalition.lab import LabError, Limits, as_data, read_mapping, read_purchases, run, schemes
from coalition.lab.errors import EventRefused, PurchasesInvalid, ScenarioInvalid
from coalition.locale.formats import Lang
from coalition.locale.messages import N_, translate

LIMITS = Limits(events=20_000, seconds=10)
"""What one run may ask for; 20,000 events take a few seconds."""
MEMORY_BYTES_MAX = 2 * 1024**3
TOO_MUCH_MEMORY = N_("the run needed more memory than it may have: use fewer purchases")
WAITING_MAX = 8
"""Runs that may wait for their turn; the next one is told to come back."""


class Refused(NamedTuple):
    """Why a run was not made: a code, a sentence, and the field concerned ("" if none)."""

    code: str
    detail: str
    field: str = ""


class Busy(Exception):
    """So many runs wait already that another would wait too long."""


class Sandbox:
    """Starts its process with the first run, and a new one where that died."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None
        self._waiting = 0

    def run(self, scenario: dict[str, Any], purchases: str, lang: Lang) -> dict[str, Any] | Refused:
        """Run a scenario, given as plain data. A refusal is in the reader's language. Raises Busy."""
        if self._waiting >= WAITING_MAX:
            raise Busy
        self._waiting += 1
        try:
            return self._submit(scenario, purchases, lang).result()
        except BrokenProcessPool:
            self._pool = None
            return Refused("run_too_large", translate(TOO_MUCH_MEMORY, lang))
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Stop the process."""
        if self._pool is not None:
            self._pool.shutdown()

    def _submit(self, scenario: dict[str, Any], purchases: str, lang: Lang) -> "Future[dict[str, Any] | Refused]":
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, mp_context=get_context("spawn"), initializer=_start, initargs=(list(schemes.__path__),)
            )
        return self._pool.submit(_run, scenario, purchases, lang)


def _start(scheme_folders: list[str]) -> None:
    """Find schemes where the server finds them, and limit the memory."""
    schemes.__path__[:] = scheme_folders
    # A Mac knows the limit but does not enforce it.
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES_MAX, MEMORY_BYTES_MAX))


def _run(given: dict[str, Any], purchases: str, lang: Lang) -> dict[str, Any] | Refused:
    try:
        scenario = read_mapping(given)
        if purchases:
            scenario = scenario.with_purchases(read_purchases(purchases.splitlines(keepends=True)))
        return as_data(run(scenario, LIMITS))
    except ScenarioInvalid as error:
        return Refused(error.code, error.text(lang), error.key)
    except EventRefused as error:
        return Refused(error.code, error.text(lang), f"events.{error.index}")
    except PurchasesInvalid as error:
        return Refused(error.code, error.text(lang), f"purchases.{error.line}")
    except LabError as error:
        return Refused(error.code, error.text(lang))
    except MemoryError:
        return Refused("run_too_large", translate(TOO_MUCH_MEMORY, lang))
