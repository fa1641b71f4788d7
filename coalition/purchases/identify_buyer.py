"""Identify the buyer: the member whom a till names or whose pay code it has read, and whose points they may spend.

Above the alliance's threshold the member confirms the amount first: see `coalition.paycodes.confirm`.
"""

import asyncio
from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.members.errors import MemberError
from coalition.members.member_cache import CachedMember, check_active, member_cache
from coalition.members.member_loader import member_loader
from coalition.paycodes.code import SignedPayCode, decode_pay_code
from coalition.paycodes.confirm import check_confirmed
from coalition.paycodes.errors import PayCodeOver
from settlement import KeyReused
from settlement.ledger import Answer, Posting


class Buyer(NamedTuple):
    """Who buys, and what speaks against it now.

    `member` is the id that the till or the pay code names, `owner` the member whom that id stands for since merges,
    `pool` the other members of their household. A buyer with a `problem` gets no new purchase, but one that was
    booked before is answered again.
    """

    member: str
    owner: str
    pool: tuple[str, ...] = ()
    code: SignedPayCode | None = None
    problem: MemberError | None = None


class ConfirmableSale(NamedTuple):
    """What a member is asked to confirm: an amount in minor units at a shop."""

    shop: str
    amount_minor: int


async def identify_buyer(
    alliance: Alliance, member: str | None, pay_code: str | None, sale: ConfirmableSale | None = None
) -> Buyer:
    """The buyer of a member's id or, where it is given, of a pay code. Takes a member from memory where it can.

    Where points are to be spent on a `sale` above the alliance's threshold, the member is asked to confirm it.
    Raises MemberUnknown, PayCodeInvalid; what else speaks against a purchase is the buyer's `problem`.
    """
    code = _read_code(alliance, pay_code)
    id_ = member or "" if code is None else code.member
    cached = member_cache(alliance).known(id_)
    if cached is None:
        cached = await member_loader(alliance).look_up(id_)
    buyer = _buyer(cached, id_, code, alliance.clock())
    if sale is not None and _is_confirmed_first(alliance, code, sale):
        buyer = await asyncio.to_thread(_with_confirmation, alliance, buyer, sale)
    return buyer


def identify_buyer_now(
    alliance: Alliance, member: str | None, pay_code: str | None = None, sale: ConfirmableSale | None = None
) -> Buyer:
    """The same for a thread, which may wait for the database."""
    code = _read_code(alliance, pay_code)
    id_ = member or "" if code is None else code.member
    buyer = _buyer(member_cache(alliance).look_up(id_), id_, code, alliance.clock())
    if sale is not None and _is_confirmed_first(alliance, code, sale):
        buyer = _with_confirmation(alliance, buyer, sale)
    return buyer


def earlier_answer(alliance: Alliance, posting: Posting, problem: MemberError) -> Answer:
    """The answer to a posting that was booked before the problem arose; raises the problem where it was not.

    Raises KeyReused too: what its key was used for comes before whatever speaks against the buyer.
    """
    outcome = alliance.preview(posting).outcome
    if isinstance(outcome, Answer) and outcome.replayed:
        return outcome
    if isinstance(outcome, KeyReused):
        raise outcome
    raise problem


def _read_code(alliance: Alliance, pay_code: str | None) -> SignedPayCode | None:
    return None if pay_code is None else decode_pay_code(pay_code, alliance.programme.secret)


def _buyer(cached: CachedMember, member: str, code: SignedPayCode | None, now: int) -> Buyer:
    problem: MemberError | None = PayCodeOver() if code is not None and code.is_over(now) else None
    try:
        check_active(cached)
    except MemberError as error:
        problem = error
    return Buyer(member, cached.id, cached.pool, code, problem)


def _is_confirmed_first(alliance: Alliance, code: SignedPayCode | None, sale: ConfirmableSale) -> bool:
    """Whether the member confirms a sale that spends points: it comes by pay code, and is above the threshold."""
    threshold = member_cache(alliance).settings.confirm_above_minor
    return code is not None and threshold is not None and sale.amount_minor > threshold


def _with_confirmation(alliance: Alliance, buyer: Buyer, sale: ConfirmableSale) -> Buyer:
    """The same buyer, with a problem unless the member has confirmed the sale. Asks them where nobody has yet."""
    if buyer.code is None or not isinstance(buyer.problem, PayCodeOver | None):
        return buyer
    problem: MemberError | None = None
    with alliance.database.engine.begin() as connection:
        try:
            check_confirmed(
                connection, alliance.id, buyer.code, buyer.owner, sale.shop, sale.amount_minor, alliance.clock()
            )
        except MemberError as error:
            problem = error
    return buyer._replace(problem=problem)
