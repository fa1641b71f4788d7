"""A plugin of pytest: notes which functions each test reaches, and ends a test that takes far longer than it did then.

`MUTATION_REACH` names the file of what was noted. Where it isn't there yet it is written by this run, which watches the
calls of all threads of its process; what servers in processes of their own do it can't see.
"""

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from time import perf_counter
from types import FrameType
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
TIMES_LONGER, SECONDS_LONGER = 20, 60


class Reach(NamedTuple):
    """What a test took, in seconds, and the functions it called: each as its file and first line."""

    seconds: float
    functions: frozenset[tuple[str, int]]


def read_reach(path: Path) -> dict[str, Reach]:
    """By the id of each test of a run that was noted."""
    noted = json.loads(path.read_text(encoding="utf-8"))
    return {
        test: Reach(seconds, frozenset((file, line) for file, line in functions))
        for test, (seconds, functions) in noted.items()
    }


class Watch:
    """Notes the calls of each test to the functions of this project."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._tests: dict[str, tuple[float, Sequence[tuple[str, int]]]] = {}
        self._called: set[tuple[str, int]] = set()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self._called.clear()
        start = perf_counter()
        threading.settrace(self._note)
        sys.settrace(self._note)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            threading.settrace(None)
            own = sorted(
                (str(Path(file).relative_to(ROOT)), line)
                for file, line in self._called.copy()
                if Path(file).is_relative_to(ROOT)
            )
            self._tests[item.nodeid] = perf_counter() - start, own

    def pytest_sessionfinish(self, exitstatus: int) -> None:
        if exitstatus == pytest.ExitCode.OK:
            self._path.write_text(json.dumps(self._tests), encoding="utf-8")

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        del event, argument
        self._called.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))


class Limit:
    """Ends the process when a test takes far longer than it did when it was noted: it will go on for ever."""

    def __init__(self, reach: dict[str, Reach]) -> None:
        self._reach = reach

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        usual = self._reach[item.nodeid].seconds if item.nodeid in self._reach else 0
        signal.alarm(int(usual * TIMES_LONGER) + SECONDS_LONGER)
        try:
            return (yield)
        finally:
            signal.alarm(0)


def pytest_configure(config: pytest.Config) -> None:
    path = Path(os.environ["MUTATION_REACH"])
    config.pluginmanager.register(Limit(read_reach(path)) if path.exists() else Watch(path))
