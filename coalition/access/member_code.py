"""Members log in by a one-time code: six digits, five minutes, five tries, sent by SMS or e-mail.

Six digits are guessed soon by whoever has their plain hash, so they are hashed under the alliance's own secret and
are over in minutes. Asking for a code leaves the same row behind for a contact that nobody has.
"""

import hmac
import secrets
from collections.abc import Callable
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, select, update

from coalition.access.caller import Caller, Role
from coalition.access.keys import is_same
from coalition.access.tables import member_codes

CODE_MINUTES = 5
CODE_US = CODE_MINUTES * 60 * 1_000_000
TRIES = 5
_NO_HASH = bytes(32)

MemberOfContact = Callable[[Connection, int, str], str | None]
"""Who of an alliance has this phone number or e-mail address: the member's id; None where nobody has."""


def normal_contact(contact: str) -> str:
    """A contact as codes are kept for it: spaces and case make no difference."""
    return "".join(contact.split()).casefold()


def keep_code(
    connection: Connection, alliance_id: int, secret: bytes, contact: str, member: str | None, now: int
) -> str:
    """Make a code for a contact, in place of the one before; `member` is whose contact it is, None for nobody's."""
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


def take_try(connection: Connection, alliance_id: int, secret: bytes, contact: str, code: str, now: int) -> str | None:
    """The member who shows this code, which counts no more then. None for a wrong one, which costs a try.

    Commit in either case: a try that is rolled back would cost nothing.
    """
    columns = member_codes.c
    mine = columns.alliance_id == alliance_id, columns.contact_hash == _contact_hash(secret, contact)
    tried = connection.execute(
        update(member_codes)
        .where(*mine, columns.tries_left > 0, columns.expires_at > now)
        .values(tries_left=columns.tries_left - 1)
    )
    row = connection.execute(select(columns.member, columns.code_hash).where(*mine)).one_or_none()
    kept = _NO_HASH if row is None else bytes(row.code_hash)
    right = is_same(kept, _code_hash(secret, contact, code))
    if not right or row is None or row.member is None or tried.rowcount != 1:
        return None
    used = connection.execute(delete(member_codes).where(*mine, columns.code_hash == kept))
    member: str = row.member
    return member if used.rowcount == 1 else None


def member_caller(alliance_id: int, member: str) -> Caller:
    """A member as a caller."""
    return Caller(alliance_id, f"member:{member}", Role.MEMBER, member=member)


def _contact_hash(secret: bytes, contact: str) -> bytes:
    return hmac.new(secret, b"contact:" + normal_contact(contact).encode(), sha256).digest()


def _code_hash(secret: bytes, contact: str, code: str) -> bytes:
    return hmac.new(secret, f"code:{normal_contact(contact)}:{code}".encode(), sha256).digest()
