"""What of the book is a purchase, a hold or a refund, and the one behind a public id."""

from contextlib import closing
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.purchases.hold import HOLD_PREFIX
from coalition.purchases.purchase import PURCHASE_PREFIX
from coalition.purchases.refund_shares import REFUND_PREFIX
from settlement.ledger import StoredPosting, posting_by_id


class PostingKind(NamedTuple):
    """Postings of a type that the book took, and that have a field. `prefix` stands before their public ids."""

    prefix: str
    type: str
    field: str = "type"

    def has(self, posting: StoredPosting) -> bool:
        """Whether a posting is of this kind."""
        content = posting.content
        return posting.refusal is None and content.get("type") == self.type and self.field in content

    def find(self, alliance: Alliance, id_: str) -> StoredPosting | None:
        """The one with a public id; None where there is none."""
        posting_id = alliance.programme.ids.posting(self.prefix, id_)
        if posting_id is None:
            return None
        with closing(alliance.database.session()) as session:
            posting = posting_by_id(alliance.book, session, posting_id)
        return None if posting is None or not self.has(posting) else posting


PURCHASES, HOLDS = PostingKind(PURCHASE_PREFIX, "purchase"), PostingKind(HOLD_PREFIX, "hold")
REFUNDS = PostingKind(REFUND_PREFIX, "refund", "purchase")
"""Refunds of purchases. What was given back of a hold is published as a refund too."""
