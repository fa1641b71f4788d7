"""Hold points for a shop: they stay the member's, but nobody can spend them until the hold is resolved or lapses."""

import asyncio
from contextlib import closing
from dataclasses import dataclass
from math import ceil

from coalition.alliance import Alliance
from coalition.paycodes.errors import PayCodeElsewhere
from coalition.purchases.follow_hold import AnsweredHold, answered_hold
from coalition.purchases.hold import HoldPlan
from coalition.purchases.identify_buyer import ConfirmableSale, earlier_answer, identify_buyer
from coalition.purchases.voided import check_not_voided
from settlement import KeyReused
from settlement.ledger import Hold, Leg, Posting, TakeToken


@dataclass(frozen=True, slots=True)
class NewHold:
    """Points to lock, of `member` or of the member who showed `pay_code`: so many, or as many as they have with
    `accept_partial`.
    """

    shop: str
    member: str | None
    pay_code: str | None
    points: int
    lapses_after_seconds: int
    accept_partial: bool = False


async def hold_points(alliance: Alliance, new: NewHold, key: str) -> AnsweredHold:
    """Lock the member's own points, then those of their household, under an idempotency key of the book.

    With a pay code, the member confirms what is worth more than the alliance's threshold. Raises MemberUnknown,
    MemberFrozen, the errors of `coalition.paycodes`, KeyVoided, RefusedByBook, and what the poster raises.
    """
    sale = None
    if new.pay_code is not None:
        sale = ConfirmableSale(new.shop, await asyncio.to_thread(_worth_at_most, alliance, new.points))
    buyer = await identify_buyer(alliance, new.member, new.pay_code, sale)
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
    token = None
    if buyer.code is not None:
        content["pay_code"], token = buyer.code.nonce, buyer.code.token
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


def _worth_at_most(alliance: Alliance, points: int) -> int:
    """What so many points can pay for, in minor units, rounded up: lots keep the rates under which they were issued."""
    with closing(alliance.database.session()) as session:
        terms = alliance.book.config(session).terms
    return ceil(points * max(each.minor_per_point for each in terms))
