"""Confirmations: what people say of payments that they make themselves, with the evidence."""

import hashlib
from pathlib import Path

from settlement.errors import PaymentRefused
from settlement.ledger.book import Book
from settlement.payments.context import PaymentContext
from settlement.payments.drive import look_up_payments
from settlement.payments.states import PaymentState
from settlement.payments.store import PaymentRecord, payment_by_id, payment_rules
from settlement.rails.by_hand import NAME, ByHandRail, MarkKind, marks_of, next_mark, observation_of
from settlement.rails.by_hand_tables import payment_marks
from settlement.sentences import Phrase

ALLOWED = {
    MarkKind.PAID: (
        PaymentState.SENT,
        PaymentState.AMBIGUOUS,
        PaymentState.RESERVED,
        PaymentState.RETURNED,
        PaymentState.FAILED,
    ),
    MarkKind.FAILED: (PaymentState.SENT, PaymentState.AMBIGUOUS, PaymentState.RESERVED),
    MarkKind.RETURNED: (PaymentState.PAID,),
}
"""Where a payment may stand for people to say so. Of a paid one, too, it may be said that more came: how much."""


def by_hand_rail(book: Book) -> ByHandRail:
    """The rail by hand of a book, which asks for two people from the amount on that the alliance's rules name."""
    return ByHandRail(book, lambda session: payment_rules(book, session).two_people_from_minor)


def document_hash(path: Path) -> str:
    """SHA-256 of a document that proves a payment, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def confirm_by_hand(
    context: PaymentContext,
    payment_id: str,
    kind: MarkKind,
    evidence: str,
    document_sha256: str = "",
    minor: int | None = None,
) -> tuple[PaymentRecord, int]:
    """Confirm, as the context's `actor`, that a payment by hand was made, failed or came back: `minor` units of it, or
    all that was asked, or all that came.

    Returns the payment as it stands then, and how many more people have to say so. Raises PaymentNotFound, and
    PaymentRefused without evidence, for the same person twice, and where the payment stands otherwise.
    """
    book, session = context.book, context.session
    record = payment_by_id(book, session, payment_id)
    if record.rail != NAME:
        raise PaymentRefused(
            record.id, Phrase("it goes over {rail}, which reports by itself what became of it", rail=record.rail)
        )
    if not evidence.strip():
        raise PaymentRefused(record.id, Phrase("it needs evidence: a receipt's number, or who handed what to whom"))
    with session.transaction():
        book.lock(session)
        record = payment_by_id(book, session, payment_id)
        marks = marks_of(book, session, [record.key]).get(record.key, [])
        is_more = kind is MarkKind.PAID and record.state == PaymentState.PAID and minor is not None
        if not (record.state in ALLOWED.get(kind, ()) or is_more) or not marks:
            raise PaymentRefused(
                record.id,
                Phrase("it is {state:code} and can't be marked {mark:code}", state=record.state, mark=kind.value),
            )
        if minor is None and kind is MarkKind.RETURNED:
            minor = record.moved_minor - record.matched_minor
        mark = next_mark(book, marks, kind, context.actor, evidence, document_sha256, minor)
        before, after = observation_of(marks, mark.at), observation_of([*marks, mark], mark.at)
        if before == after and any(
            (earlier.actor, earlier.mark, earlier.minor) == (context.actor, kind, mark.minor) for earlier in marks
        ):
            raise PaymentRefused(
                record.id,
                Phrase(
                    "it was marked {mark:code} by {actor} already; another person has to agree",
                    mark=kind.value,
                    actor=context.actor,
                ),
            )
        session.insert(payment_marks, [mark])
    if before == after:
        return record, mark.people - 1
    look_up_payments(context, [record])
    return payment_by_id(book, session, record.id), 0


def people_needed(context: PaymentContext, record: PaymentRecord) -> int:
    """How many people have to say that a payment by hand was made; one where it is not on anybody's list yet."""
    marks = marks_of(context.book, context.session, [record.key]).get(record.key, [])
    return marks[-1].people if marks else 1


def is_repeated_confirmation(
    context: PaymentContext,
    record: PaymentRecord,
    kind: MarkKind,
    actor: str,
    evidence: str,
    minor: int | None = None,
) -> bool:
    """Whether this repeats the last confirmation that the actor gave of a payment's current attempt."""
    marks = marks_of(context.book, context.session, [record.key]).get(record.key, [])
    mine = [mark for mark in marks if mark.actor == actor and mark.mark != MarkKind.ASKED]
    return (
        bool(mine)
        and (mine[-1].mark, mine[-1].evidence) == (kind.value, evidence)
        and minor in (None, abs(mine[-1].minor))
    )
