"""Hold points for a shop: they stay the member's, but nobody can spend them until the hold is resolved or lapses."""

import asyncio
from dataclasses import dataclass

from coalition.alliance import Alliance
from coalition.purchases.follow_hold import AnsweredHold, answered_hold
from coalition.purchases.hold import HoldPlan
from coalition.purchases.identify_buyer import earlier_answer, identify_buyer
from coalition.purchases.voided import check_not_voided
from settlement import KeyReused
from settlement.ledger import Hold, Posting


@dataclass(frozen=True, slots=True)
class NewHold:
    """Points to lock: so many, or as many as the member has with `accept_partial`."""

    shop: str
    member: str
    points: int
    lapses_after_seconds: int
    accept_partial: bool = False


async def hold_points(alliance: Alliance, new: NewHold, key: str) -> AnsweredHold:
    """Lock the member's own points, then those of their household, under an idempotency key of the book.

    Raises MemberUnknown, MemberFrozen, KeyVoided, RefusedByBook, and what the poster raises.
    """
    buyer = await identify_buyer(alliance, new.member, None)
    now = alliance.clock()
    content: dict[str, str | int] = {
        "type": "hold",
        "shop": new.shop,
        "member": new.member,
        "points": new.points,
        "lapses_after_seconds": new.lapses_after_seconds,
    }
    if new.accept_partial:
        content["accept_partial"] = 1
    hold = new.shop, buyer.owner, new.points, now + new.lapses_after_seconds * 1_000_000, buyer.pool
    posting = Posting(key, now, content, HoldPlan(*hold) if new.accept_partial else [Hold(*hold)])
    try:
        if buyer.problem is not None:
            await asyncio.to_thread(earlier_answer, alliance, posting, buyer.problem)
        answer = await alliance.poster.post_async(posting)
    except KeyReused as reused:
        await asyncio.to_thread(check_not_voided, alliance, reused)
        raise
    if answer.replayed:
        await asyncio.to_thread(check_not_voided, alliance, answer)
    return await answered_hold(alliance, answer.posting_id, answer)
