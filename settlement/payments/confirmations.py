"""What people say of payments that they make themselves, with what proves it."""

import hashlib
from pathlib import Path

from settlement.errors import PaymentRefused
from settlement.ledger.book import Book
from settlement.payments.change import Desk
from settlement.payments.drive import look
from settlement.payments.states import State
from settlement.payments.store import PaymentRecord, payment, payment_rules
from settlement.rails.by_hand import NAME, ByHand, MarkKind, marks_of, next_mark, standing
from settlement.rails.by_hand_tables import payment_marks

ALLOWED = {
    MarkKind.PAID: (State.SENT, State.AMBIGUOUS, State.RESERVED, State.RETURNED, State.FAILED),
    MarkKind.FAILED: (State.SENT, State.AMBIGUOUS, State.RESERVED),
    MarkKind.RETURNED: (State.PAID,),
}
"""Where a payment may stand for people to say so."""


def by_hand_rail(book: Book) -> ByHand:
    """The rail by hand of a book, which asks for two people from the amount on that the alliance's rules name."""
    return ByHand(book, lambda session: payment_rules(book, session).two_people_from_minor)


def document_hash(path: Path) -> str:
    """SHA-256 of a document that proves a payment, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def confirm(
    desk: Desk, payment_id: str, kind: MarkKind, evidence: str, document_sha256: str = ""
) -> tuple[PaymentRecord, int]:
    """Say, as the desk's `who`, that a payment by hand was made, failed or came back.

    Returns the payment as it stands then, and how many more people have to say so. Raises PaymentNotFound, and
    PaymentRefused without evidence, for the same person twice, and where the payment stands otherwise.
    """
    book, session = desk.book, desk.session
    record = payment(book, session, payment_id)
    if record.rail != NAME:
        raise PaymentRefused(record.id, f"goes over {record.rail}, which says itself what became of it")
    if not evidence.strip():
        raise PaymentRefused(record.id, "needs evidence: a receipt's number, or who handed what to whom")
    with session.transaction():
        book.lock(session)
        record = payment(book, session, payment_id)
        marks = marks_of(book, session, [record.key]).get(record.key, [])
        if record.state not in ALLOWED.get(kind, ()) or not marks:
            raise PaymentRefused(record.id, f"is {record.state} and can't be marked {kind.value}")
        mark = next_mark(book, marks, kind, desk.who, evidence, document_sha256)
        before, after = standing(marks, mark.at), standing([*marks, mark], mark.at)
        if before == after and any(one.who == desk.who and one.mark == kind for one in marks):
            raise PaymentRefused(
                record.id, f"was marked {kind.value} by {desk.who} already; another person has to agree"
            )
        session.insert(payment_marks, [mark])
    if before == after:
        return record, mark.people - 1
    look(desk, [record])
    return payment(book, session, record.id), 0


def people_needed(desk: Desk, record: PaymentRecord) -> int:
    """How many people have to say that a payment by hand was made; one where it is not on anybody's list yet."""
    marks = marks_of(desk.book, desk.session, [record.key]).get(record.key, [])
    return marks[-1].people if marks else 1


def is_said(desk: Desk, record: PaymentRecord, kind: MarkKind, who: str, evidence: str) -> bool:
    """Whether this is what somebody said of a payment's current attempt last: then saying it again is no news."""
    marks = marks_of(desk.book, desk.session, [record.key]).get(record.key, [])
    mine = [mark for mark in marks if mark.who == who and mark.mark != MarkKind.ASKED]
    return bool(mine) and (mine[-1].mark, mine[-1].evidence) == (kind.value, evidence)
