"""Python's switch interval, made short while a thread writes a large batch.

Each statement releases the interpreter's lock and has to take it again when it is done: behind a thread that decides,
that takes a whole switch interval. On SQLite those waits were a quarter of the time of a batch of 1,000; a short
interval all the time costs callers who wait for small batches a fifth.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

SHORT_SECONDS = 0.000_02


class _SwitchInterval:
    """The interval of the process. It has no owner: the last thread that needs it short restores it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._users = 0
        self._usual = 0.0

    @contextmanager
    def short(self) -> Iterator[None]:
        """Keeps the interval at SHORT_SECONDS until the last thread inside has left."""
        with self._lock:
            if self._users == 0:
                self._usual = sys.getswitchinterval()
                self._set(SHORT_SECONDS)
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                if self._users == 0:
                    self._set(self._usual)

    def _set(self, seconds: float) -> None:
        if self._usual > SHORT_SECONDS:
            sys.setswitchinterval(seconds)


short_switch_interval = _SwitchInterval().short
"""A context manager for the threads of a process: while any of them is inside, they switch often."""
