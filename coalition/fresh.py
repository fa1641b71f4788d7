"""What a process read from the database, and whether it still goes by that without reading it again."""

import time
from typing import Generic, TypeVar

FRESH_SECONDS = 2.0
"""How long a process goes by what it read, while another process may have changed it."""

Value = TypeVar("Value")


class Fresh(Generic[Value]):
    """A value that was read just now. It stays fresh for `seconds`, by a clock that is never set back."""

    __slots__ = ("_until", "value")

    def __init__(self, value: Value, seconds: float = FRESH_SECONDS) -> None:
        self.value = value
        self._until = time.monotonic() + seconds

    @property
    def is_fresh(self) -> bool:
        """Whether the value counts without reading it again."""
        return time.monotonic() < self._until
