"""Hold points for a shop: they stay the member's, but nobody can spend them until the hold is resolved or lapses."""

import asyncio
from dataclasses import dataclass

from coalition.alliance import Alliance
from coalition.events.posting import BY_CONTACT
from coalition.paycodes.errors import PayCodeElsewhere
from coalition.purchases.follow_hold import AnsweredHold, answered_hold
from coalition.purchases.hold import HoldPlan
from coalition.purchases.identify_buyer import BuyerNamed, Spending, earlier_answer, identify_buyer
from coalition.purchases.voided import check_not_voided
from settlement import KeyReused
from settlement.ledger import Hold, Leg, Posting, TakeToken


@dataclass(frozen=True, slots=True)
class NewHold:
    """Points to lock: so many, or as many as the member has with `accept_partial`.

    `by_id` says that the caller may spend by an id alone, whatever the alliance's rule is.
    """

    shop: str
    buyer: BuyerNamed
    points: int
    lapses_after_seconds: int
    accept_partial: bool = False
    by_id: bool = False


async def hold_points(alliance: Alliance, new: NewHold, key: str) -> AnsweredHold:
    """Lock the member's own points, then those of their household, under an idempotency key of the book.

    Amounts that the rules of consent go by are what the points are worth at the most. Raises MemberUnknown,
    MemberFrozen, SpendLocked, ConsentNeeded, the errors of `coalition.paycodes`, KeyVoided, RefusedByBook, and what the
    poster raises.
    """
    worth_minor = await asyncio.to_thread(alliance.worth_at_most, new.points)
    buyer = await identify_buyer(alliance, new.buyer, Spending(new.shop, worth_minor, new.by_id), key)
    now = alliance.clock()
    content: dict[str, str | int] = {
        "type": "hold",
        "shop": new.shop,
        "member": buyer.member,
        "points": new.points,
        "lapses_after_seconds": new.lapses_after_seconds,
    }
    if new.accept_partial:
        content["accept_partial"] = 1
    if buyer.by_contact:
        content[BY_CONTACT] = 1
    token = None
    if buyer.consent is not None:
        content["pay_code"], token = buyer.consent.text, buyer.consent.token
    hold = new.shop, buyer.owner, new.points, now + new.lapses_after_seconds * 1_000_000, buyer.pool
    exactly: list[Leg] = [Hold(*hold)] if token is None else [TakeToken(token), Hold(*hold)]
    posting = Posting(key, now, content, HoldPlan(*hold, token=token) if new.accept_partial else exactly)
    try:
        if buyer.problem is not None:
            await asyncio.to_thread(earlier_answer, alliance, posting, buyer.problem)
        answer = await alliance.poster.post_async(posting)
    except KeyReused as reused:
        await asyncio.to_thread(check_not_voided, alliance, reused)
        raise
    if answer.replayed:
        await asyncio.to_thread(check_not_voided, alliance, answer)
    # The only token that a hold takes is its pay code's.
    if answer.refusal is not None and answer.refusal.code == "claim_taken":
        raise PayCodeElsewhere
    return await answered_hold(alliance, answer.posting_id, answer)
