"""Six digits that the server makes for a minute, where a till can't scan: read aloud and typed. They need reception."""

import secrets
from typing import NamedTuple

from sqlalchemy import delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from coalition.alliance import Alliance
from coalition.members.member_cache import check_active, member_cache
from coalition.paycodes.code import OFFLINE_US, SHORT_DIGITS
from coalition.paycodes.consent import NONCE_BYTES, SpendingConsent
from coalition.paycodes.tables import short_codes

SHORT_SECONDS = 60
SHORT_US = SHORT_SECONDS * 1_000_000
KEPT_US = OFFLINE_US + 3600 * 1_000_000
"""How long a code is remembered: a till that was offline sends it late, and one that is too late is told so."""
SLACK_US = 60 * 1_000_000
"""By how much the clock of a till that was offline may be slow."""
TRIES = 20


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
        text = f"{secrets.randbelow(10**SHORT_DIGITS):0{SHORT_DIGITS}d}"
        row = {"code": text, "nonce": secrets.token_hex(NONCE_BYTES), "member": owner, "over_at": now + SHORT_US}
        try:
            with alliance.database.engine.begin() as connection:
                connection.execute(insert(short_codes).values(alliance_id=alliance.id, **row))
        except IntegrityError:
            continue
        return CreatedShortCode(text, owner, now + SHORT_US)
    raise ShortCodesExhausted


def read_short_code(alliance: Alliance, text: str, sold_at: int | None) -> SpendingConsent | None:
    """What six digits consent to; None where they are nobody's.

    `sold_at` is when a sale happened that the till made offline and that spends nothing (microseconds since 1970 UTC),
    None for any other: the digits are judged by that instant, or by now.
    """
    columns = short_codes.c
    with alliance.database.engine.connect() as connection:
        row = connection.execute(
            select(columns.member, columns.nonce, columns.over_at).where(
                columns.alliance_id == alliance.id, columns.code == text
            )
        ).one_or_none()
    if row is None:
        return None
    now = alliance.clock()
    at = now if sold_at is None else min(sold_at, now)
    is_good = max(row.over_at - SHORT_US - SLACK_US, now - OFFLINE_US) <= at < row.over_at
    return SpendingConsent(row.member, row.nonce, text, not is_good)
