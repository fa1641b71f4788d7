"""A rail whose other side outlives its callers: a database of its own, in a file. Everything is paid at once."""

import os
import signal
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path

from settlement.ledger import Book, Session
from settlement.payments import settle_window
from settlement.payments.unit_of_work import PaymentContext
from settlement.rails.port import CashLine, Direction, Observation, PaymentAttempt, RailAccount, RailStatus
from tests.support.workers import DyingSession, Place, opened


class FileRail:
    """It does what it is told once a key. It kills its caller before or after the `last`-th attempt it is told of."""

    name = "bank"

    def __init__(self, path: Path, last: int = 0, *, after: bool = False) -> None:
        self.path, self.last, self.after, self.calls = path, last, after, 0

    def least_minor(self, currency: str) -> int:
        return 1

    def step_minor(self, currency: str) -> int:
        return 1

    def problem(self, account: RailAccount, direction: Direction) -> str:
        return ""

    def details_problem(self, account: RailAccount) -> str:
        return ""

    def instruct(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        for attempt in attempts:
            self.calls += 1
            if self.calls == self.last and not self.after:
                os.kill(os.getpid(), signal.SIGKILL)
            with closing(self._open()) as remote:
                worth = attempt.minor if attempt.direction is Direction.COLLECT else -attempt.minor
                remote.execute("INSERT OR IGNORE INTO moved VALUES (?, ?, ?)", (attempt.key, attempt.payment_id, worth))
                remote.commit()
            if self.calls == self.last:
                os.kill(os.getpid(), signal.SIGKILL)
        return self.observe(attempts)

    def observe(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        moved_keys = {key for key, _, _ in self.moved()}
        return [
            Observation(RailStatus.PAID if attempt.key in moved_keys else RailStatus.UNKNOWN, 1, attempt.key)
            for attempt in attempts
        ]

    def learned_since(self, since: int) -> Mapping[str, int]:
        return {}

    def available_minor(self, currency: str) -> int | None:
        return None

    def lines(self, since: int, until: int) -> Sequence[CashLine]:
        return [CashLine(key, 1, minor, 0, key, "") for key, _, minor in self.moved()]

    def moved(self) -> list[tuple[str, str, int]]:
        """Key, payment and worth of all that moved."""
        with closing(self._open()) as remote:
            return remote.execute("SELECT key, payment, minor FROM moved ORDER BY key").fetchall()

    def _open(self) -> sqlite3.Connection:
        remote = sqlite3.connect(self.path, timeout=30)
        remote.execute("CREATE TABLE IF NOT EXISTS moved (key TEXT PRIMARY KEY, payment TEXT, minor INTEGER)")
        return remote


def settle(book: Book, session: Session, rail: FileRail) -> None:
    """One run over that rail."""
    settle_window(PaymentContext(book, session, {rail.name: rail}))


def settle_in_place(place: Place, path: Path) -> None:
    """A run by a process of its own."""
    with opened(place) as (book, session):
        settle(book, session, FileRail(path))


def settle_and_die_at_the_database(place: Place, path: Path, last: int, after: bool) -> None:  # noqa: FBT001
    """Die before or after the given call to the database; return where there are fewer."""
    with opened(place) as (book, session):
        settle(book, DyingSession(session, last, after=after), FileRail(path))


def settle_and_die_at_the_rail(place: Place, path: Path, last: int, after: bool) -> None:  # noqa: FBT001
    """Die before or after the given attempt takes effect; return where there are fewer."""
    with opened(place) as (book, session):
        settle(book, session, FileRail(path, last, after=after))
