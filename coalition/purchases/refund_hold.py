"""Refund a captured hold: its points go back to the very lots they came from, the last taken first."""

import asyncio
from contextlib import closing

from coalition.alliance import Alliance
from coalition.purchases.errors import NothingCaptured
from coalition.purchases.find_hold import capture_among
from coalition.purchases.follow_hold import AnsweredHold, follow_hold
from settlement.ledger import RefundSpend, StoredPosting, postings_that_refer_to


async def refund_hold(alliance: Alliance, hold: StoredPosting, points: int, key: str) -> AnsweredHold:
    """Give `points` of those that were captured back, under an idempotency key of the book; in parts if need be.

    Raises NothingCaptured, RefusedByBook, and what the poster raises.
    """
    capture = await asyncio.to_thread(_capture_of, alliance, hold)
    if capture is None:
        raise NothingCaptured
    return await follow_hold(alliance, hold, {"type": "refund", "points": points}, RefundSpend(capture.id, points), key)


def _capture_of(alliance: Alliance, hold: StoredPosting) -> StoredPosting | None:
    with closing(alliance.database.session()) as session:
        return capture_among(postings_that_refer_to(alliance.book, session, hold.id))
