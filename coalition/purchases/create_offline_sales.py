"""Create the purchases that connected tills made offline: each proves by its signature which till made it, and when.

Sent again, in whatever order and by whatever tab, each is booked once: its key is in what was signed.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from coalition.alliance import Alliance
from coalition.members.errors import MemberError
from coalition.purchases.create_purchase import NewPurchase
from coalition.purchases.create_purchases import PurchaseOutcome, create_purchases
from coalition.purchases.errors import OnlineOnly
from coalition.purchases.voided import posting_under
from coalition.tills.count_offline import count_offline_sale
from coalition.tills.errors import SaleNotSigned
from coalition.tills.store import public_key_of
from coalition.tills.till import is_signed


@dataclass(frozen=True, slots=True)
class OfflineSale:
    """A sale of a till, under a key of the book: `content` is what it has signed, and what `new` was read from."""

    till: str
    new: NewPurchase
    key: str
    content: str
    signature: bytes


async def create_offline_sales(alliance: Alliance, sales: Sequence[OfflineSale]) -> list[PurchaseOutcome]:
    """Book sales in this order. Durable when it returns. What speaks against one stops no other.

    Raises DatabaseUnusable and PosterClosed, where nothing is known of any of them.
    """
    problems = await asyncio.to_thread(lambda: [_problem(alliance, sale) for sale in sales])
    good = [(sale.new, sale.key) for sale, problem in zip(sales, problems, strict=True) if problem is None]
    outcomes = iter(await create_purchases(alliance, good) if good else [])
    return [next(outcomes) if problem is None else problem for problem in problems]


def _problem(alliance: Alliance, sale: OfflineSale) -> MemberError | None:
    """Why a sale is not even brought to the book; None where it is, as whatever stands there under its key already."""
    try:
        with alliance.database.engine.connect() as connection:
            public_key = public_key_of(connection, alliance.id, sale.till, sale.new.shop)
        if public_key is None or not is_signed(public_key, sale.signature, sale.content):
            return SaleNotSigned()
        if posting_under(alliance, sale.key) is not None:
            return None
        if sale.new.spending is not None:
            return OnlineOnly()
        count_offline_sale(alliance, sale.till, sale.key, sale.new.occurred_at or 0)
    except MemberError as error:
        return error
    return None
