"""What may be sold without a second person: a sale by a key up to an amount, by a person up to a sum as well.

A till's key stands in a shop and sells all day, so only each sale of it is limited, from memory; how many points a
shop can issue in all is limited by its credit. A person's sales count to a sum of their own.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from coalition.access.caller import PEOPLE, Caller
from coalition.access.errors import PersonNeeded
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.errors import CoalitionError

BOOK_SALE = "book_sale"
SALE_ALONE_MINOR_MAX = 1_000_000
"""What one person or key may sell at once, in minor units, unless the alliance sets another limit."""


@dataclass(frozen=True, slots=True)
class SaleAsked:
    """A sale as another person approves it: at a shop, for so many minor units, spending so many points."""

    shop: str
    amount_minor: int
    points: int


@asynccontextmanager
async def allowed_sale(approvals: Approvals, caller: Caller, asked: SaleAsked, key: str) -> AsyncIterator[None]:
    """Let the caller book a sale under a key of the book inside a `with`; what is refused there counts to no sum.

    Raises ApprovalAwaited where another person has to approve it first, and PersonNeeded where a key may not sell for
    so much.
    """
    if caller.role not in PEOPLE:
        if asked.amount_minor > await sale_limit(approvals, caller):
            raise PersonNeeded(BOOK_SALE)
        yield
        return
    payload: Payload = {"shop": asked.shop, "amount_minor": asked.amount_minor, "points": asked.points}
    minor = asked.amount_minor
    await asyncio.to_thread(approvals.check_alone, caller, BOOK_SALE, minor, minor, payload, key)
    try:
        yield
    except CoalitionError:
        await asyncio.to_thread(approvals.release, caller, key)
        raise


async def sale_limit(approvals: Approvals, caller: Caller) -> int:
    """The most for one sale in minor units, which another process may have changed two seconds ago."""
    limits = approvals.known_limits(caller.alliance_id)
    if limits is None:
        limits = await asyncio.to_thread(approvals.look_up_limits, caller.alliance_id)
    return limits[BOOK_SALE]
