"""Find a purchase by its receipt."""

from coalition.alliance import Alliance
from coalition.purchases.find_purchase import FoundPurchase, found_purchase
from coalition.purchases.list_postings import PostingQuery, list_postings
from coalition.purchases.posting_kind import PURCHASES


def purchase_of_receipt(alliance: Alliance, shop: str, external_ref: str) -> FoundPurchase | None:
    """The purchase that a shop's till reported under its own number; None where there is none."""
    listed = list_postings(alliance, PURCHASES, PostingQuery(shop=shop, external_ref=external_ref), None, 1)
    return found_purchase(alliance, listed[0].posting) if listed else None
