"""Members log in with a one-time code: six digits, valid for five minutes and five tries, sent by SMS or e-mail.

A plain hash of six digits is soon guessed, so codes are hashed with the alliance's secret and expire within minutes.
A request for a code stores the same row whether or not the contact belongs to a member.
"""

import hmac
import secrets
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert, select, update

from coalition.access.caller import Caller, Role
from coalition.access.errors import CodeUsedUp, LogInRefused
from coalition.access.tables import member_codes
from coalition.access.tokens import hashes_match

CODE_MINUTES = 5
CODE_US = CODE_MINUTES * 60 * 1_000_000
TRIES = 5


def issue_code(
    connection: Connection, alliance_id: int, secret: bytes, contact: str, member: str | None, now: int
) -> str:
    """Make a code for a contact, in the one way in which it is written; it replaces the earlier one.

    `member` is the contact's owner, None if nobody's.
    """
    code = f"{secrets.randbelow(10**6):06d}"
    columns = member_codes.c
    hashed = _contact_hash(secret, contact)
    over = columns.expires_at <= now
    connection.execute(
        delete(member_codes).where(columns.alliance_id == alliance_id, over | (columns.contact_hash == hashed))
    )
    connection.execute(
        insert(member_codes).values(
            alliance_id=alliance_id,
            contact_hash=hashed,
            member=member,
            code_hash=_code_hash(secret, contact, code),
            expires_at=now + CODE_US,
            tries_left=TRIES,
        )
    )
    return code


class RedeemedCode(NamedTuple):
    """A code that was right: the member that it was issued to, None where the contact was nobody's then."""

    member: str | None


def redeem_code(
    connection: Connection, alliance_id: int, secret: bytes, contact: str, code: str, now: int
) -> RedeemedCode | LogInRefused:
    """Use a code up. For a wrong one, which uses up a try, the error to raise: CodeUsedUp where that was the last.

    Commit in either case, or a wrong try costs nothing. It does alike for a contact that is nobody's.
    """
    columns = member_codes.c
    mine = columns.alliance_id == alliance_id, columns.contact_hash == _contact_hash(secret, contact)
    tried = connection.execute(
        update(member_codes)
        .where(*mine, columns.tries_left > 0, columns.expires_at > now)
        .values(tries_left=columns.tries_left - 1)
    )
    row = connection.execute(
        select(columns.member, columns.code_hash, columns.tries_left, columns.expires_at).where(*mine)
    ).one_or_none()
    code_hash = _code_hash(secret, contact, code)
    right = hashes_match(None if row is None else row.code_hash, code_hash)
    if not right or row is None or tried.rowcount != 1:
        is_used_up = row is not None and row.tries_left == 0 and row.expires_at > now
        return CodeUsedUp() if is_used_up else LogInRefused()
    used = connection.execute(delete(member_codes).where(*mine, columns.code_hash == code_hash))
    return RedeemedCode(row.member) if used.rowcount == 1 else LogInRefused()


def member_caller(alliance_id: int, member: str) -> Caller:
    """A member as a caller."""
    return Caller(alliance_id, subject_of(member), Role.MEMBER, member=member)


def subject_of(member: str) -> str:
    """A member's id in sessions, passkeys and the access log."""
    return f"member:{member}"


def _contact_hash(secret: bytes, contact: str) -> bytes:
    return hmac.new(secret, b"contact:" + contact.encode(), sha256).digest()


def _code_hash(secret: bytes, contact: str, code: str) -> bytes:
    return hmac.new(secret, f"code:{contact}:{code}".encode(), sha256).digest()
