"""Release a hold: all of its points are free again at once."""

from coalition.alliance import Alliance
from coalition.purchases.follow_hold import AnsweredHold, follow_hold
from settlement.ledger import Release, StoredPosting


async def release_hold(alliance: Alliance, hold: StoredPosting, key: str) -> AnsweredHold:
    """Release a hold under an idempotency key of the book. Raises RefusedByBook, and what the poster raises."""
    return await follow_hold(alliance, hold, {"type": "release"}, Release(hold.id), key)
