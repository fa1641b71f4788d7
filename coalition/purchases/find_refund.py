"""Find a refund of a purchase as it was booked."""

from contextlib import closing
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.purchases.purchase import BY_CONTACT, PURCHASE_PREFIX
from coalition.purchases.refund_purchase import BookedRefund, read_refund
from coalition.purchases.refund_shares import REFUND_PREFIX
from settlement.ledger import StoredPosting, posting_by_id


class FoundRefund(NamedTuple):
    """A refund, and the public id, the shop and the member of its purchase, and whether the till named a contact."""

    purchase: str
    shop: str
    member: str
    refund: BookedRefund
    by_contact: bool = False


def find_refund(alliance: Alliance, id_: str) -> FoundRefund | None:
    """The refund of a public id; None where there is none. What was given back of a hold is read with the hold."""
    posting_id = alliance.programme.ids.posting(REFUND_PREFIX, id_)
    if posting_id is None:
        return None
    with closing(alliance.database.session()) as session:
        posting = posting_by_id(alliance.book, session, posting_id)
    if posting is None or posting.refusal is not None or posting.content.get("type") != "refund":
        return None
    return found_refund(alliance, posting) if "purchase" in posting.content else None


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
