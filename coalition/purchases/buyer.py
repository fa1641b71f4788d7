"""Who buys: the member that a till names or whose pay code it has read, and whose points they may spend."""

from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.members.errors import MemberError
from coalition.members.member_cache import Standing, member_cache, taking_part
from coalition.paycodes.code import PayCode, read
from coalition.paycodes.confirm import check_confirmed
from coalition.paycodes.errors import PayCodeOver


class Buyer(NamedTuple):
    """`member` is the id that the till or the code names, `owner` whose account that is since merges, `pool` the others
    of their household. `problem` is why they can't buy now: a purchase that was booked before is answered all the
    same, and no other.
    """

    member: str
    owner: str
    pool: tuple[str, ...] = ()
    code: PayCode | None = None
    problem: MemberError | None = None


def code_of(alliance: Alliance, text: str) -> PayCode:
    """The pay code that a till has read. Raises PayCodeInvalid."""
    return read(text, alliance.programme.secret)


def buyer(standing: Standing, member: str, code: PayCode | None, now: int) -> Buyer:
    """The buyer of an id or a code at `now` (microseconds since 1970 UTC)."""
    problem: MemberError | None = PayCodeOver() if code is not None and code.is_over(now) else None
    try:
        taking_part(standing)
    except MemberError as error:
        problem = error
    return Buyer(member, standing.member, standing.pool, code, problem)


def buyer_of_id(alliance: Alliance, member: str) -> Buyer:
    """The buyer whom a till names, for those who may wait. Raises MemberUnknown."""
    return buyer(member_cache(alliance).look_up(member), member, None, alliance.clock())


def needs_word(alliance: Alliance, code: PayCode | None, amount_minor: int, *, spends: bool) -> bool:
    """Whether the member is to confirm the amount: it spends points by pay code, and is above the threshold."""
    most = member_cache(alliance).settings.confirm_above_minor
    return code is not None and spends and most is not None and amount_minor > most


def with_word(alliance: Alliance, found: Buyer, shop: str, amount_minor: int) -> Buyer:
    """The same buyer, by what the member said to the amount; asks them where they were not asked yet."""
    if found.code is None or not isinstance(found.problem, PayCodeOver | None):
        return found
    problem: MemberError | None = None
    with alliance.database.engine.begin() as connection:
        try:
            check_confirmed(connection, alliance.id, found.code, found.owner, shop, amount_minor, alliance.clock())
        except MemberError as error:
            problem = error
    return found._replace(problem=problem)
