"""What may be sold without a second person: a sale by a key up to an amount, by a person up to a sum as well.

A till's key stands in a shop and sells all day: each sale of it is limited from memory, and what all tills of its shop
sell by key is summed up there too. How many points a shop can issue in all is limited by its credit. A person's sales
count to a sum of their own. Where the alliance limits what a till or a shop books on a day, that is counted beside.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple

from coalition.access.caller import PEOPLE, Caller
from coalition.access.errors import PersonNeeded
from coalition.alliance import Alliance
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals, actor_of
from coalition.approvals.key_sums import KeySums, Seller
from coalition.errors import CoalitionError
from coalition.purchases.purchase import ALL
from coalition.purchases.voided import posting_under
from coalition.tills.day_counts import NOT_COUNTED, Booked, Counted, DayCounts, DayLimited, day_counts_of
from coalition.tills.errors import ShopLimitReached, TillLimitReached

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
    """A sale that its caller may book.

    `replayed` is to be set where it was booked before, and counts no more then; `points_spent` to what it has spent.
    """

    replayed: bool = False
    points_spent: int = 0


class CountedSale(NamedTuple):
    """How much was counted of a sale: to the sums of its key, and to the day of its till and shop."""

    minor: int = 0
    day: Counted = NOT_COUNTED


NOTHING_COUNTED = CountedSale()


@asynccontextmanager
async def allowed_sale(
    alliance: Alliance, approvals: Approvals, caller: Caller, asked: SaleAsked, key: str
) -> AsyncIterator[AllowedSale]:
    """Let the caller book a sale under a key of the book inside a `with`; what is refused there counts to no sum.

    Raises ApprovalAwaited where another person has to approve it first, PersonNeeded where a key may not sell for so
    much, and TillLimitReached and ShopLimitReached where it is too much for the day.
    """
    sale = AllowedSale()
    if caller.role in PEOPLE:
        async with _allowed_to_person(alliance, approvals, caller, asked, key, sale):
            yield sale
        return
    sales = await key_sales(alliance, approvals, caller)
    counted = await sales.take(asked.amount_minor, key, asked.points)
    try:
        yield sale
    except CoalitionError:
        sales.give_back(counted)
        raise
    if sale.replayed:
        sales.give_back(counted)
    else:
        sales.settle(counted, sale.points_spent)


@asynccontextmanager
async def _allowed_to_person(
    alliance: Alliance, approvals: Approvals, caller: Caller, asked: SaleAsked, key: str, sale: AllowedSale
) -> AsyncIterator[None]:
    payload: Payload = {"shop": asked.shop, "amount_minor": asked.amount_minor, "points": asked.points}
    minor = asked.amount_minor
    await asyncio.to_thread(approvals.check_alone, caller, BOOK_SALE, minor, minor, payload, key)
    days, counted = day_counts_of(alliance), NOT_COUNTED
    try:
        limited = await days.limited(caller, asked.shop)
        if limited and not await asyncio.to_thread(posting_under, alliance, key):
            counted = await days.take(limited, _asked_for(minor, asked.points))
        yield
    except CoalitionError:
        days.give_back(counted)
        await asyncio.to_thread(approvals.release, caller, key)
        raise
    days.settle(counted, sale.points_spent)


@dataclass(frozen=True, slots=True)
class KeySales:
    """What a key may still sell: at once, in all, and what the day's limits leave to its till and shop."""

    alliance: Alliance
    sums: KeySums
    seller: Seller
    limits: Mapping[str, int]
    days: DayCounts
    limited: Sequence[DayLimited]

    async def take(self, minor: int, key: str, points: int = 0) -> CountedSale:
        """Count a sale of `minor` units that asks for so many points, or ALL, under a key of the book.

        Nothing is counted of one that is booked. Raises PersonNeeded where it is more than a key may sell at once, or
        comes to too much with what it sold before, TillLimitReached and ShopLimitReached.
        """
        if minor > self.limits[BOOK_SALE]:
            raise PersonNeeded(BOOK_SALE)
        if not self.sums.take(self.seller, minor, self.limits):
            # Whoever sends a sale again whose answer was lost gets that answer.
            if await asyncio.to_thread(posting_under, self.alliance, key) is None:
                raise PersonNeeded(BOOK_SALE)
            return NOTHING_COUNTED
        if not self.limited:
            return CountedSale(minor)
        try:
            return CountedSale(minor, await self.days.take(self.limited, _asked_for(minor, points)))
        except (TillLimitReached, ShopLimitReached):
            self.sums.give_back(self.seller, minor)
            if await asyncio.to_thread(posting_under, self.alliance, key) is None:
                raise
            return NOTHING_COUNTED

    def give_back(self, counted: CountedSale) -> None:
        """Count no more what was not booked, or was booked before."""
        self.sums.give_back(self.seller, counted.minor)
        self.days.give_back(counted.day)

    def settle(self, counted: CountedSale, points_spent: int) -> None:
        """Count the points that a sale has spent, instead of those that it asked for."""
        self.days.settle(counted.day, points_spent)


def _asked_for(minor: int, points: int) -> Booked:
    """A sale that asks for all points may spend some where at least one is left of the limit."""
    return Booked(1, minor, 1 if points == ALL else points)


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
    days = day_counts_of(alliance)
    limited = () if caller.shop is None else await days.limited(caller, caller.shop)
    return KeySales(alliance, sums, seller, limits, days, limited)
