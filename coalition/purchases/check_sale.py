"""What may be sold without a second person: a sale by a key up to an amount, by a person up to a sum as well.

A till's key stands in a shop and sells all day: each sale of it is limited from memory, and what all tills of its shop
sell by key is summed up there too. How many points a shop can issue in all is limited by its credit. A person's sales
count to a sum of their own.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

from coalition.access.caller import PEOPLE, Caller
from coalition.access.errors import PersonNeeded
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals, actor_of
from coalition.approvals.key_sums import KeySums, Seller
from coalition.errors import CoalitionError
from coalition.purchases.voided import posting_under

BOOK_SALE = "book_sale"
SALE_ALONE_MINOR_MAX = 1_000_000
"""What one person or key may sell at once, in minor units, unless the alliance sets another limit."""


@dataclass(frozen=True, slots=True)
class SaleAsked:
    """A sale as another person approves it: at a shop, for so many minor units, spending so many points."""

    shop: str
    amount_minor: int
    points: int


@dataclass(slots=True)
class AllowedSale:
    """A sale that its caller may book; `replayed` is to be set where it was booked before, and counts no more then."""

    replayed: bool = False


@asynccontextmanager
async def allowed_sale(
    alliance: Alliance, approvals: Approvals, caller: Caller, asked: SaleAsked, key: str
) -> AsyncIterator[AllowedSale]:
    """Let the caller book a sale under a key of the book inside a `with`; what is refused there counts to no sum.

    Raises ApprovalAwaited where another person has to approve it first, and PersonNeeded where a key may not sell for
    so much.
    """
    minor, sale = asked.amount_minor, AllowedSale()
    if caller.role in PEOPLE:
        payload: Payload = {"shop": asked.shop, "amount_minor": minor, "points": asked.points}
        await asyncio.to_thread(approvals.check_alone, caller, BOOK_SALE, minor, minor, payload, key)
        try:
            yield sale
        except CoalitionError:
            await asyncio.to_thread(approvals.release, caller, key)
            raise
        return
    sales = await key_sales(alliance, approvals, caller)
    counted = await sales.take(minor, key)
    try:
        yield sale
    except CoalitionError:
        sales.give_back(counted)
        raise
    if sale.replayed:
        sales.give_back(counted)


@dataclass(frozen=True, slots=True)
class KeySales:
    """What a key may still sell."""

    alliance: Alliance
    sums: KeySums
    seller: Seller
    limits: Mapping[str, int]

    async def take(self, minor: int, key: str) -> int:
        """Count a sale of `minor` units under a key of the book; how much was counted: nothing for one that is booked.

        Raises PersonNeeded where it is more than a key may sell at once, or comes to too much with what it sold before.
        """
        if minor <= self.limits[BOOK_SALE]:
            if self.sums.take(self.seller, minor, self.limits):
                return minor
            # Whoever sends a sale again whose answer was lost gets that answer.
            if await asyncio.to_thread(posting_under, self.alliance, key) is not None:
                return 0
        raise PersonNeeded(BOOK_SALE)

    def give_back(self, minor: int) -> None:
        """Count no more what was not booked, or was booked before."""
        self.sums.give_back(self.seller, minor)


async def key_sales(alliance: Alliance, approvals: Approvals, caller: Caller) -> KeySales:
    """What a caller who is no person may sell, by limits that another process may have changed two seconds ago.

    The tills of a shop sell as one, or each new key would begin a sum anew.
    """
    limits = approvals.known_limits(caller.alliance_id)
    if limits is None:
        limits = await asyncio.to_thread(approvals.look_up_limits, caller.alliance_id)
    actor = actor_of(caller) if caller.shop is None else caller.space
    sums, seller = approvals.key_sums, Seller(caller.alliance_id, actor)
    if not sums.is_known(seller):
        await asyncio.to_thread(sums.sync, seller)
    return KeySales(alliance, sums, seller, limits)
