"""Void a purchase by its key, where its answer was lost: it ends as not made, whatever became of it until now."""

from dataclasses import dataclass, replace
from typing import Literal

from coalition.alliance import Alliance
from coalition.purchases.errors import AllRefunded, KeyOfAnotherKind
from coalition.purchases.find_purchase import FoundPurchase, found_purchase
from coalition.purchases.refund_purchase import BookedRefund, read_refund, refund_purchase
from coalition.purchases.refund_shares import RefundRequest
from coalition.purchases.voided import post_mark, posting_under, void_key
from coalition.tills.shift_cache import NOBODY, SoldBy
from settlement import KeyReused

VoidOutcome = Literal["never_made", "undone"]
"""Nothing was booked under the key and nothing ever will be; or it was booked, and is undone."""


@dataclass(frozen=True, slots=True)
class VoidedPurchase:
    """What became of a purchase that was voided at an instant (microseconds since 1970 UTC).

    `purchase` is its public id, where it was made. `refund` is what undid it, and `cash_back_minor` the money that
    the shop gives back: nothing where it was never made, or where refunds had undone all of it before.
    """

    outcome: VoidOutcome
    voided_at: int
    purchase: str | None = None
    refund: BookedRefund | None = None
    cash_back_minor: int = 0


def void_purchase(alliance: Alliance, key: str, by: SoldBy = NOBODY) -> VoidedPurchase:
    """Void whatever purchase was, is or will be sent under this key of the book. Durable when it returns.

    The book knows `by` whom it was voided first.

    Where it was made, all that is left of it is refunded. The key is dead afterwards; the same again gives the same
    answer. Raises KeyOfAnotherKind, RefusedByBook where it can't be refunded, and what the poster raises.
    """
    try:
        return VoidedPurchase("never_made", post_mark(alliance, key, "purchase", by.content))
    except KeyReused:
        made = posting_under(alliance, key)
        if made is None or made.content.get("type") != "purchase":
            raise KeyOfAnotherKind from None
    if made.refusal is not None:
        # Nothing was booked, and the refusal would answer a retry: this mark says that the key is dead.
        return VoidedPurchase("never_made", post_mark(alliance, void_key(made.id), "purchase", by.content))
    purchase, undoing = found_purchase(alliance, made), void_key(made.id)
    try:
        refund = _undo(alliance, purchase, undoing, by)
    except AllRefunded:
        return VoidedPurchase("undone", post_mark(alliance, undoing, "purchase", by.content), purchase.id)
    return VoidedPurchase("undone", refund.recorded_at, purchase.id, refund, refund.cash_back_minor)


def _undo(alliance: Alliance, purchase: FoundPurchase, key: str, by: SoldBy) -> BookedRefund:
    """Refund all that is left, once: whoever voids again, in another shift, hears what the first void did."""
    try:
        return refund_purchase(alliance, purchase, key, RefundRequest(), by)
    except KeyReused:
        first = posting_under(alliance, key)
        if first is None or first.content.get("type") != "refund":
            raise
        return replace(read_refund(alliance, first), replayed=True)
