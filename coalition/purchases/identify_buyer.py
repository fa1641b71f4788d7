"""Who buys: what every route that sells asks first."""

from fastapi.concurrency import run_in_threadpool

from coalition.alliance import Alliance
from coalition.api.routes.purchase_schemas import PurchaseGiven
from coalition.members.errors import MemberError
from coalition.members.member_cache import member_cache
from coalition.members.member_loader import member_loader
from coalition.purchases.buyer import Buyer, buyer, code_of, needs_word, with_word
from settlement.ledger import Answer, Posting


async def member_of_purchase(alliance: Alliance, given: PurchaseGiven) -> Buyer:
    """Who buys. Members are known from memory; only the first purchase of each asks the database.

    The member is asked to confirm an amount above the alliance's threshold. Raises MemberUnknown, PayCodeInvalid;
    what else speaks against the purchase is the buyer's `problem`.
    """
    code = None if given.pay_code is None else code_of(alliance, given.pay_code)
    member = given.member or "" if code is None else code.member
    standing = member_cache(alliance).known(member)
    if standing is None:
        standing = await member_loader(alliance).standing(member)
    found = buyer(standing, member, code, alliance.clock())
    if needs_word(alliance, code, given.amount_minor, spends=given.points != 0):
        found = await run_in_threadpool(with_word, alliance, found, given.shop, given.amount_minor)
    return found


def member_now(alliance: Alliance, given: PurchaseGiven, *, asks: bool) -> Buyer:
    """The same for those who may wait; the member is asked only where it `asks`."""
    code = None if given.pay_code is None else code_of(alliance, given.pay_code)
    member = given.member or "" if code is None else code.member
    found = buyer(member_cache(alliance).look_up(member), member, code, alliance.clock())
    if asks and needs_word(alliance, code, given.amount_minor, spends=given.points != 0):
        return with_word(alliance, found, given.shop, given.amount_minor)
    return found


def booked_before(alliance: Alliance, posting: Posting, problem: MemberError) -> Answer:
    """The answer to a purchase that was booked before the problem arose; raises the problem where it was not."""
    outcome = alliance.preview(posting).outcome
    if isinstance(outcome, Answer) and outcome.replayed:
        return outcome
    raise problem
