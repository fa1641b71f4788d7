"""The rail by hand: people move the money, and say so here with what proves it.

An attempt that is sent waits for people. What they say is kept as marks, which nobody can change; from the
alliance's limit on, two different people have to say that money moved.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from enum import StrEnum
from typing import NamedTuple

from settlement.ledger.book import Book
from settlement.ledger.session import Session
from settlement.rails.actor import check_actor
from settlement.rails.by_hand_tables import payment_marks
from settlement.rails.port import (
    CashLine,
    Direction,
    Observation,
    PaymentAttempt,
    RailAccount,
    RailStatus,
    unknown_detail,
)
from settlement.sentences import Phrase

NAME = "by_hand"
COLLECTION_CODE = "collection_code"
"""What a payee's own QR code says by which Alipay or WeChat Pay pays: a link. Who pays scans it, and confirms."""
DETAILS = ("name", "address", "phone", "note", COLLECTION_CODE)
_CODE = re.compile(r"(https|wxp)://[!-~]{1,500}", re.ASCII | re.IGNORECASE)


class MarkKind(StrEnum):
    """What people say of a payment."""

    ASKED = "asked"
    """It is on somebody's list."""
    PAID = "paid"
    FAILED = "failed"
    RETURNED = "returned"
    DISPUTED = "disputed"
    """A side of a direct payment says that something is wrong."""


class Mark(NamedTuple):
    """What somebody said of an attempt, in the order of the table's columns."""

    alliance_id: int
    key: str
    number: int
    at: int
    actor: str
    mark: str
    minor: int
    people: int
    evidence: str
    document_sha256: str


STATUSES = {
    MarkKind.ASKED: RailStatus.PENDING,
    MarkKind.PAID: RailStatus.PAID,
    MarkKind.FAILED: RailStatus.FAILED,
    MarkKind.RETURNED: RailStatus.RETURNED,
}


class ByHandRail:
    """The rail by hand of one book. Calls open connections of their own.

    `two_people_from` reads the amount in minor units from which on two people have to say that money moved.
    """

    def __init__(self, book: Book, two_people_from: Callable[[Session], int]) -> None:
        self.book, self._two_people_from = book, two_people_from

    @property
    def name(self) -> str:
        """Its name in payments and in the money book."""
        return NAME

    def least_minor(self, currency: str) -> int:  # noqa: ARG002 - people hand over any amount
        """The least amount: one minor unit."""
        return 1

    def step_minor(self, currency: str) -> int:  # noqa: ARG002 - people hand over any amount
        """Any amount: one minor unit."""
        return 1

    def problem(self, account: RailAccount, direction: Direction) -> str:  # noqa: ARG002 - nothing has to be known
        """Anybody can be paid by hand."""
        return ""

    def details_problem(self, account: RailAccount) -> str:
        """Whatever helps whoever pays by hand to find the payee; a collection code has to be a link."""
        code = account.details.get(COLLECTION_CODE, "")
        if code and not _CODE.fullmatch(code):
            return Phrase("a collection code is what its QR code says: a link with https:// or wxp://")
        return unknown_detail(account.details, DETAILS)

    def instruct(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """Put attempts on the list of what people are to do."""
        with closing(self.book.database.session()) as session:
            with session.transaction():
                self.book.lock(session)
                listed = marks_of(self.book, session, [attempt.key for attempt in attempts])
                two_from = self._two_people_from(session)
                new = [
                    first_mark(
                        self.book, attempt.key, NAME, signed_minor(attempt), 2 if attempt.minor >= two_from else 1
                    )
                    for attempt in attempts
                    if attempt.key not in listed
                ]
                if new:
                    session.insert(payment_marks, new)
            return self._observe(session, attempts)

    def observe(self, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        """What people said of these."""
        with closing(self.book.database.session()) as session:
            return self._observe(session, attempts)

    def learned_since(self, since: int) -> Mapping[str, int]:
        """Attempts that somebody said something of since then."""
        with closing(self.book.database.session()) as session:
            rows = session.rows(
                "SELECT key, MAX(at) FROM payment_marks WHERE alliance_id = ? AND at >= ? AND mark <> ? GROUP BY key",
                self.book.alliance_id,
                since,
                MarkKind.ASKED.value,
            )
        return dict(rows)

    def available_minor(self, currency: str) -> int | None:  # noqa: ARG002 - the book of one currency
        """Only the money book knows what is in the drawer."""
        return None

    def lines(self, since: int, until: int) -> Sequence[CashLine]:
        """What people handed over, as they said it."""
        with closing(self.book.database.session()) as session:
            keys = session.rows(
                "SELECT DISTINCT key FROM payment_marks WHERE alliance_id = ? AND mark = ANY(?) AND at < ?",
                self.book.alliance_id,
                [MarkKind.PAID.value, MarkKind.RETURNED.value],
                until,
            )
            marks = marks_of(self.book, session, [key for (key,) in keys])
        lines = [line for mine in marks.values() if mine[0].actor == NAME for line in lines_of_marks(mine)]
        return sorted((line for line in lines if since <= line.at < until), key=lambda line: (line.at, line.id))

    def _observe(self, session: Session, attempts: Sequence[PaymentAttempt]) -> list[Observation]:
        marks = marks_of(self.book, session, [attempt.key for attempt in attempts])
        return [observation_of(marks.get(attempt.key, []), self.book.clock()) for attempt in attempts]


def observation_of(marks: Sequence[Mark], now: int) -> Observation:
    """What marks add up to, in the order in which they were made.

    People agree where they say the same of the same amount. What came and what went back is added up.
    """
    seen = Observation(RailStatus.UNKNOWN, now)
    people: dict[tuple[str, int], set[str]] = {}
    moved = 0
    for mark in marks:
        kind = MarkKind(mark.mark)
        if kind not in STATUSES:
            continue
        agreeing = people.setdefault((kind, mark.minor), set())
        agreeing.add(mark.actor)
        moves_money = kind in (MarkKind.PAID, MarkKind.RETURNED)
        if len(agreeing) >= (mark.people if moves_money else 1):
            why = mark.evidence if kind in (MarkKind.FAILED, MarkKind.RETURNED) else ""
            status = STATUSES[kind]
            if moves_money:
                moved += abs(mark.minor) if kind is MarkKind.PAID else -abs(mark.minor)
                status = RailStatus.PAID if moved else RailStatus.RETURNED
                # What is said from now on is said of the next time.
                people.clear()
            seen = Observation(status, mark.at, reference=mark.evidence[:140], why=why, moved_minor=moved)
    return seen


def marks_of(book: Book, session: Session, keys: Sequence[str]) -> dict[str, list[Mark]]:
    """Marks by the key of their attempt, in the order in which they were made."""
    columns = ", ".join(Mark._fields)
    rows = session.rows(
        f"SELECT {columns} FROM payment_marks WHERE alliance_id = ? AND key = ANY(?) ORDER BY key, number",
        book.alliance_id,
        list(keys),
    )
    marks: dict[str, list[Mark]] = {}
    for row in rows:
        marks.setdefault(row[1], []).append(Mark(*row))
    return marks


def signed_minor(attempt: PaymentAttempt) -> int:
    """What an attempt brings the alliance, below zero where it costs."""
    return attempt.minor if attempt.direction is Direction.COLLECT else -attempt.minor


def first_mark(book: Book, key: str, actor: str, minor: int, people: int) -> Mark:
    """The mark that puts a payment on the list of what people are to do."""
    return Mark(book.alliance_id, key, 1, book.clock(), actor, MarkKind.ASKED.value, minor, people, "", "")


def next_mark(
    book: Book,
    earlier: Sequence[Mark],
    kind: MarkKind,
    actor: str,
    evidence: str,
    document_sha256: str = "",
    minor: int | None = None,
) -> Mark:
    """The next mark on a payment that is on the list, of `minor` units or all that was asked. Raises ActorMissing."""
    check_actor(actor)
    number, now, asked = earlier[-1].number + 1, book.clock(), earlier[0].minor
    amount = asked if minor is None else minor if asked > 0 else -minor
    mark = earlier[-1]._replace(number=number, at=now, actor=actor, mark=kind.value, minor=amount)
    return mark._replace(evidence=evidence, document_sha256=document_sha256)


def lines_of_marks(marks: Sequence[Mark]) -> list[CashLine]:
    """One line each time that money moved, from the marks of one attempt."""
    lines = []
    before, sign = 0, 1 if marks[0].minor > 0 else -1
    for at, mark in enumerate(marks):
        moved = observation_of(marks[: at + 1], mark.at).moved_minor or 0
        if moved != before:
            minor = sign * (moved - before)
            lines.append(CashLine(f"{mark.key}/{mark.number}", mark.at, minor, 0, mark.key, mark.evidence))
        before = moved
    return lines
