"""Six digits that the server makes for a minute, where a till can't scan: read aloud and typed. They need reception."""

import secrets
from typing import NamedTuple

from sqlalchemy import delete, select, text, update

from coalition.alliance import Alliance
from coalition.members.member_cache import check_active, member_cache
from coalition.paycodes.code import OFFLINE_US, SHORT_DIGITS
from coalition.paycodes.consent import NONCE_BYTES, SpendingConsent
from coalition.paycodes.tables import short_codes

SHORT_SECONDS = 60
SHORT_US = SHORT_SECONDS * 1_000_000
KEPT_US = OFFLINE_US + 3600 * 1_000_000
"""How long a code is remembered: a till that was offline sends it late, and one that is too late is told so."""
TAKEN_US = 3600 * 1_000_000
"""How long after it is over the digits are nobody else's: a till that sends them late is told so. After that whoever
draws them has them, and a sale that was made with them before is refused, for it is none of the new owner's minute."""
SLACK_US = 60 * 1_000_000
"""By how much the clock of a till that was offline may be slow."""
TRIES = 20
_DRAW = text(
    "INSERT INTO short_codes (alliance_id, code, nonce, member, over_at) "
    "VALUES (:alliance_id, :code, :nonce, :member, :over_at) ON CONFLICT (alliance_id, code) DO UPDATE "
    "SET nonce = excluded.nonce, member = excluded.member, over_at = excluded.over_at "
    "WHERE short_codes.over_at <= :free_at"
)


class CreatedShortCode(NamedTuple):
    """The digits, the member whose points they spend, and until when (microseconds since 1970 UTC)."""

    text: str
    member: str
    over_at: int


class ShortCodesExhausted(RuntimeError):
    """So many codes are in use that no free one was drawn: a million are there for an hour."""


def create_short_code(alliance: Alliance, member: str) -> CreatedShortCode:
    """Six digits that no other member has now, in place of the member's earlier ones.

    Raises MemberUnknown, MemberFrozen.
    """
    owner = check_active(member_cache(alliance).look_up(member)).id
    now = alliance.clock()
    columns = short_codes.c
    with alliance.database.engine.begin() as connection:
        own = columns.alliance_id == alliance.id
        connection.execute(delete(short_codes).where(own, columns.over_at <= now - KEPT_US))
        earlier = columns.member == owner, columns.over_at > now
        connection.execute(update(short_codes).where(own, *earlier).values(over_at=now))
    for _ in range(TRIES):
        digits = f"{secrets.randbelow(10**SHORT_DIGITS):0{SHORT_DIGITS}d}"
        row = {"code": digits, "nonce": secrets.token_hex(NONCE_BYTES), "member": owner, "over_at": now + SHORT_US}
        with alliance.database.engine.begin() as connection:
            drawn = connection.execute(_DRAW, {"alliance_id": alliance.id, "free_at": now - TAKEN_US, **row})
        if drawn.rowcount:
            return CreatedShortCode(digits, owner, now + SHORT_US)
    raise ShortCodesExhausted


def read_short_code(alliance: Alliance, digits: str, sold_at: int | None) -> SpendingConsent | None:
    """What six digits consent to; None where they are nobody's.

    `sold_at` is when a sale happened that the till made offline and that spends nothing (microseconds since 1970 UTC),
    None for any other: the digits are judged by that instant, or by now.
    """
    columns = short_codes.c
    with alliance.database.engine.connect() as connection:
        row = connection.execute(
            select(columns.member, columns.nonce, columns.over_at).where(
                columns.alliance_id == alliance.id, columns.code == digits
            )
        ).one_or_none()
    if row is None:
        return None
    now = alliance.clock()
    at = now if sold_at is None else min(sold_at, now)
    is_good = max(row.over_at - SHORT_US - SLACK_US, now - OFFLINE_US) <= at < row.over_at
    return SpendingConsent(row.member, row.nonce, digits, not is_good)
