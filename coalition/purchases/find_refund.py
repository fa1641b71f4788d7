"""Find a refund of a purchase as it was booked."""

from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.events.posting import BY_CONTACT
from coalition.purchases.posting_kind import REFUNDS
from coalition.purchases.purchase import PURCHASE_PREFIX
from coalition.purchases.refund_purchase import BookedRefund, read_refund
from settlement.ledger import StoredPosting


class FoundRefund(NamedTuple):
    """A refund, and the public id, the shop and the member of its purchase, and whether the till named a contact."""

    purchase: str
    shop: str
    member: str
    refund: BookedRefund
    by_contact: bool = False


def find_refund(alliance: Alliance, id_: str) -> FoundRefund | None:
    """The refund of a public id; None where there is none. What was given back of a hold is read with the hold."""
    posting = REFUNDS.find(alliance, id_)
    return None if posting is None else found_refund(alliance, posting)


def found_refund(alliance: Alliance, posting: StoredPosting) -> FoundRefund:
    """A refund of its posting."""
    content = posting.content
    return FoundRefund(
        alliance.programme.ids.public(PURCHASE_PREFIX, int(content["purchase"])),
        str(content["shop"]),
        str(content["member"]),
        read_refund(alliance, posting),
        BY_CONTACT in content,
    )
