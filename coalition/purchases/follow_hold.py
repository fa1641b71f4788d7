"""Follow a hold up: post what comes after it, and read how it stands then."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.purchases.find_hold import PlacedHold, read_hold
from coalition.purchases.purchase import parties_of
from coalition.refusals import RefusedByBook
from settlement.ledger import Answer, Leg, Posting, StoredPosting


class AnsweredHold(NamedTuple):
    """A hold after what was done with it; `replayed` means that an earlier request did it."""

    hold: PlacedHold
    replayed: bool


async def follow_hold(
    alliance: Alliance, hold: StoredPosting, request: Mapping[str, str | int], leg: Leg, key: str
) -> AnsweredHold:
    """Post what follows a hold: a capture, a release, a refund. `request` is what was asked, as its key stands for it.

    Raises RefusedByBook, and what the poster raises.
    """
    content = {"hold": hold.id, **parties_of(hold.content), **request}
    answer = await alliance.poster.post_async(Posting(key, alliance.clock(), content, [leg]))
    return await answered_hold(alliance, hold.id, answer)


async def answered_hold(alliance: Alliance, hold: int, answer: Answer) -> AnsweredHold:
    """The hold that a posting placed, after the book took this. Raises RefusedByBook."""
    if answer.refusal is not None:
        raise RefusedByBook(answer.refusal)
    return AnsweredHold(await asyncio.to_thread(read_hold, alliance, hold), answer.replayed)
