"""How often Python's threads take turns while one of them writes a large batch.

Each statement lets go of Python's lock, and has to wait for it when it is done: behind a thread that decides, for a
whole switch interval. On SQLite those waits were a quarter of the time of a batch of 1,000; but to switch that often
all the time costs callers who wait for small batches a fifth.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

TURN_SECONDS = 0.000_02


class _Turns:
    """The process's switch interval, which has no owner: the last who wanted it short gives it back as it was."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._wanted = 0
        self._usual = 0.0

    @contextmanager
    def often(self) -> Iterator[None]:
        """Lets threads take turns every TURN_SECONDS until all who are inside have left."""
        with self._lock:
            if self._wanted == 0:
                self._usual = sys.getswitchinterval()
                self._switch(TURN_SECONDS)
            self._wanted += 1
        try:
            yield
        finally:
            with self._lock:
                self._wanted -= 1
                if self._wanted == 0:
                    self._switch(self._usual)

    def _switch(self, seconds: float) -> None:
        if self._usual > TURN_SECONDS:
            sys.setswitchinterval(seconds)


turns = _Turns()
