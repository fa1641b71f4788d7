"""Connect a device to a shop: a manager makes a code, somebody types or scans it on the device, once."""

from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import Connection, delete, insert

from coalition.access.caller import Caller, Role, till_caller
from coalition.access.log import record
from coalition.access.prove import check_proven
from coalition.access.typed_code import new_typed_code, read_typed
from coalition.ids import random_id
from coalition.tills.errors import TillCodeUnknown
from coalition.tills.tables import till_codes, tills
from coalition.tills.till import TILL_PREFIX, TillDevice, check_public_key

CODE_MINUTES = 15
CODE_US = CODE_MINUTES * 60 * 1_000_000


class TillCode(NamedTuple):
    """A code, which is shown once, and when it is over (microseconds since 1970 UTC)."""

    code: str
    expires_at: int


def make_till_code(connection: Connection, caller: Caller, shop: str, now: int) -> TillCode:
    """A code that connects one device to a shop within a quarter of an hour.

    Raises ProofNeeded for a person whose session could be a thief's: a till outlives the session.
    """
    check_proven(connection, caller, now)
    code = new_typed_code()
    connection.execute(delete(till_codes).where(till_codes.c.expires_at <= now))
    connection.execute(
        insert(till_codes).values(
            code_hash=_hash(code),
            alliance_id=caller.alliance_id,
            shop=shop,
            made_by=caller.id,
            expires_at=now + CODE_US,
        )
    )
    record(connection, caller, "till_code.create", shop)
    return TillCode(code, now + CODE_US)


def connect_till(connection: Connection, code: str, name: str, public_key: bytes, now: int) -> TillDevice:
    """Make whoever has the code a till, whose key's public half is a point of P-256. The code is used up.

    Raises TillKeyInvalid, TillCodeUnknown.
    """
    check_public_key(public_key)
    columns = till_codes.c
    used = connection.execute(
        delete(till_codes)
        .where(columns.code_hash == _hash(code), columns.expires_at > now)
        .returning(columns.alliance_id, columns.shop, columns.made_by)
    ).one_or_none()
    if used is None:
        raise TillCodeUnknown
    till = TillDevice(random_id(TILL_PREFIX), used.shop, name, now, now)
    connection.execute(insert(tills).values(alliance_id=used.alliance_id, public_key=public_key, **till._asdict()))
    caller = Caller(used.alliance_id, till_caller(till.id), Role.TILL, used.shop)
    record(connection, caller, "till.connect", till.id, {"name": name, "shop": used.shop, "made_by": used.made_by})
    return till


def _hash(code: str) -> bytes:
    return sha256(f"till code {read_typed(code)}".encode()).digest()
