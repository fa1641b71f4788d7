"""Capture a hold: spend all or some of its points at its shop, once; the rest is free again."""

from coalition.alliance import Alliance
from coalition.purchases.follow_hold import AnsweredHold, follow_hold
from settlement.ledger import Capture, StoredPosting


async def capture_hold(alliance: Alliance, hold: StoredPosting, points: int, key: str) -> AnsweredHold:
    """Capture `points` of a hold under an idempotency key of the book. Raises RefusedByBook, what the poster raises."""
    return await follow_hold(alliance, hold, {"type": "capture", "points": points}, Capture(hold.id, points), key)
