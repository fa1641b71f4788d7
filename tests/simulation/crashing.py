"""A connection whose owner may die at each of its commits."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from settlement.ledger import Session


class Crash(BaseException):
    """The runner dies; nothing of ours may catch it."""


@dataclass
class CrashingSession:
    """A connection whose owner may die around each commit."""

    inner: Session
    step: Callable[[str], None]

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self.inner.transaction():
            yield
            self.step("before a commit")
        self.step("after a commit")
