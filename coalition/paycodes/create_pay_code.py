"""Create a pay code for a member's phone to show."""

from typing import NamedTuple

from coalition.alliance import Alliance
from coalition.members.member_cache import check_active, member_cache
from coalition.paycodes.code import encode_pay_code, new_pay_code


class CreatedPayCode(NamedTuple):
    """What a till reads, the member whose points it spends, and until when (microseconds since 1970 UTC)."""

    text: str
    member: str
    over_at: int


def create_pay_code(alliance: Alliance, member: str) -> CreatedPayCode:
    """A fresh code, which is kept nowhere. Raises MemberUnknown, MemberFrozen."""
    owner = check_active(member_cache(alliance).look_up(member))
    code = new_pay_code(owner.id, alliance.clock())
    return CreatedPayCode(encode_pay_code(code, alliance.programme.secret), code.member, code.over_at)
