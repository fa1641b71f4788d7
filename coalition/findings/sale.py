"""A sale or a refund as patterns look at it, read from the event feed. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from coalition.events.event import Event
from coalition.events.posting import BY_CONTACT
from coalition.purchases.event_types import PURCHASE_CREATED, REFUND_CREATED

IS_REFUND: Mapping[str, bool] = {PURCHASE_CREATED: False, REFUND_CREATED: True}
"""The types of event that patterns look at, and whether they are refunds."""
LOOKED_AT = tuple(str(name) for name in IS_REFUND)
SECOND = 1_000_000
"""In microseconds."""
MINUTE, DAY = 60 * SECOND, 24 * 3600 * SECOND


@dataclass(frozen=True, slots=True)
class SaleEvent:
    """A sale, or a refund of one, by its public id. Instants are microseconds since 1970 UTC.

    `earned` are the points that a sale gave, `owed` those that a refund should have taken back and that were spent by
    then. A voided sale is refunded too. `till` and `cashier` are None for what came by a key.
    """

    seq: int
    id: str
    at: int
    shop: str
    member: str
    is_refund: bool
    amount_minor: int
    earned: int = 0
    owed: int = 0
    till: str | None = None
    cashier: str | None = None
    by_contact: bool = False

    @property
    def seller(self) -> str | None:
        """Who rang it up, as a subject: the cashier, else the connected till; None where neither is known."""
        if self.cashier is not None:
            return f"cashier:{self.cashier}"
        return None if self.till is None else f"till:{self.till}"


def read_sale(event: Event) -> SaleEvent | None:
    """The sale that an event tells of; None for one that names no shop or no member, or no sale."""
    data = event.payload
    if event.type not in IS_REFUND or event.shop is None or event.member is None:
        return None
    return SaleEvent(
        seq=event.seq,
        id=str(data["id"]),
        at=_instant(str(data["occurred_at"])),
        shop=event.shop,
        member=event.member,
        is_refund=IS_REFUND[event.type],
        amount_minor=int(data.get("amount_minor", 0)),
        earned=int(data.get("points_earned", 0)),
        owed=int(data.get("points_owed", 0)),
        till=data.get("till"),
        cashier=data.get("cashier"),
        by_contact=BY_CONTACT in data,
    )


def _instant(text: str) -> int:
    at = datetime.fromisoformat(text)
    return int(at.timestamp()) * SECOND + at.microsecond
