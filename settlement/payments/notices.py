"""Notices to participants and the alliance: stored with the change itself, published after its commit.

A notice is published at least once: if a process dies in between, it stays unpublished and the next run publishes it.
So a notifier uses the notice's id where a second message would matter.
"""

import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, Protocol

from settlement.ledger.book import Book
from settlement.ledger.session import Session
from settlement.payments.states import PaymentState
from settlement.payments.store import PaymentRecord
from settlement.sentences import restored


class NoticeKind(StrEnum):
    """What a notice is about."""

    DUE = "payment_due"
    PAID = "payment_paid"
    FAILED = "payment_failed"
    RETURNED = "payment_returned"
    DISPUTED = "payment_disputed"
    REMINDER = "payment_reminder"
    DEFAULT = "default"
    RECOVERED = "default_recovered"
    DEPOSIT_SHORT = "deposit_short"
    MANDATE_ENDED = "mandate_ended"
    SETTLED = "window_settled"


NOTICE_OF_STATE = {
    PaymentState.SENT: NoticeKind.DUE,
    PaymentState.PAID: NoticeKind.PAID,
    PaymentState.FAILED: NoticeKind.FAILED,
    PaymentState.RETURNED: NoticeKind.RETURNED,
}
"""The notice that a state sends. Only a participant that is to pay hears that a payment is due."""

ASKS_TO_PAY = (NoticeKind.DUE, NoticeKind.REMINDER)


class Notice(NamedTuple):
    """A message to a participant, and to the alliance. `at` is microseconds since 1970 UTC."""

    id: str
    at: int
    kind: str
    participant: str
    payment_id: str
    facts: Mapping[str, str | int]


def payment_facts(record: PaymentRecord, minor: int, currency: str) -> dict[str, str | int]:
    """What a notice tells of a payment, of which so many minor units are meant."""
    facts: dict[str, str | int] = {"for_default": True} if record.for_default else {}
    return facts | {
        "route": record.route,
        "rail": record.rail,
        "minor": minor,
        "currency": currency,
        "window": record.window_id,
        "due_on": record.due_on,
        "payer": record.participant if record.counterparty else "",
        "counterparty": record.counterparty,
    }


class Notifier(Protocol):
    """Where notices go: webhooks, e-mail."""

    def notify(self, notices: Sequence[Notice]) -> None:
        """Send these, oldest first. If it raises, they stay unpublished and are sent again."""


class KeptNotifier:
    """Leaves notices in their table, where senders of another process find them."""

    def notify(self, notices: Sequence[Notice]) -> None:
        """They are kept already."""


def stored_notices(
    book: Book, session: Session, *, unpublished: bool = False, ids: Sequence[str] | None = None
) -> list[Notice]:
    """Notices in order of their instants; if asked, only those not published yet, or those of these ids."""
    only = " AND published_at IS NULL" if unpublished else ""
    params: list[object] = [book.alliance_id]
    if ids is not None:
        only += " AND id = ANY(?)"
        params.append(list(ids))
    rows = session.rows(
        f"SELECT id, at, kind, participant, payment_id, facts FROM notices WHERE alliance_id = ?{only} ORDER BY at, id",
        *params,
    )
    return [
        Notice(id_, at, kind, participant, payment_id, _facts(facts))
        for id_, at, kind, participant, payment_id, facts in rows
    ]


def _facts(text: str) -> Mapping[str, str | int]:
    return {name: restored(fact) if isinstance(fact, str) else fact for name, fact in json.loads(text).items()}


def publish_notices(book: Book, session: Session, notifier: Notifier) -> None:
    """Publish what is not published yet."""
    unpublished = stored_notices(book, session, unpublished=True)
    if not unpublished:
        return
    notifier.notify(unpublished)
    with session.transaction():
        session.execute(
            "UPDATE notices SET published_at = ? WHERE alliance_id = ? AND id = ANY(?)",
            book.clock(),
            book.alliance_id,
            [notice.id for notice in unpublished],
        )
