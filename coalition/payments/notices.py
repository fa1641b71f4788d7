"""Notices of payments as events, so that webhooks carry them to shops, and as notifications to people."""

from collections.abc import Mapping, Sequence

from coalition.events.emit import emit
from coalition.events.event_type import EventType
from coalition.ids import window_id
from coalition.notifications.readers import readers_of
from coalition.notifications.store import add_notifications
from coalition.payments.event_types import (
    DEPOSIT_SHORT,
    MANDATE_ENDED,
    PAYMENT_DISPUTED,
    PAYMENT_DUE,
    PAYMENT_FAILED,
    PAYMENT_PAID,
    PAYMENT_REMINDER,
    PAYMENT_RETURNED,
    SETTLEMENT_COMPLETED,
    SETTLEMENT_DEFAULTED,
    SETTLEMENT_RECOVERED,
)
from settlement import date_text
from settlement.ledger import OPERATOR, POOL, Book
from settlement.payments import Notice, NoticeKind

TYPES: Mapping[str, EventType] = {
    NoticeKind.DUE: PAYMENT_DUE,
    NoticeKind.PAID: PAYMENT_PAID,
    NoticeKind.FAILED: PAYMENT_FAILED,
    NoticeKind.RETURNED: PAYMENT_RETURNED,
    NoticeKind.DISPUTED: PAYMENT_DISPUTED,
    NoticeKind.REMINDER: PAYMENT_REMINDER,
    NoticeKind.DEFAULT: SETTLEMENT_DEFAULTED,
    NoticeKind.RECOVERED: SETTLEMENT_RECOVERED,
    NoticeKind.DEPOSIT_SHORT: DEPOSIT_SHORT,
    NoticeKind.MANDATE_ENDED: MANDATE_ENDED,
    NoticeKind.SETTLED: SETTLEMENT_COMPLETED,
}
"""The event that each kind of notice becomes."""


class EventNotices:
    """Adds an event for each notice, and a notification for each of its readers.

    A notice that is told twice, after a crash, has the same `notice` in both events, and one notification a reader.
    """

    def __init__(self, book: Book) -> None:
        self._book = book

    def notify(self, notices: Sequence[Notice]) -> None:
        """Add the notifications and events of these, oldest first, all or none."""
        alliance_id = self._book.alliance_id
        with self._book.database.engine.begin() as connection:
            for notice in notices:
                readers = readers_of(connection, alliance_id, notice)
                add_notifications(connection, alliance_id, [(notice.id, reader) for reader in readers], due_at=0)
            for notice in notices:
                shop = None if notice.participant in (OPERATOR, POOL) else notice.participant
                emit(connection, alliance_id, TYPES[notice.kind], notice.at, _payload(notice), shop=shop)


def _payload(notice: Notice) -> Mapping[str, str | int]:
    """What an event tells of a notice: its facts in the words of the API, without those that are empty."""
    facts = dict(notice.facts)
    payload: dict[str, str | int] = {"notice": notice.id, "participant": notice.participant}
    if notice.payment_id:
        payload["payment"] = notice.payment_id
    if "minor" in facts:
        payload["amount_minor"] = facts.pop("minor")
    window = facts.pop("window", 0)
    if window:
        payload["window"] = window_id(int(window))
    due_on = facts.pop("due_on", 0)
    if due_on:
        payload["due_on"] = date_text(int(due_on))
    return {**payload, **{name: value for name, value in facts.items() if value != ""}}
