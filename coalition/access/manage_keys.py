"""Create, revoke, replace and adopt API keys. A manager makes them for the own shop's tills only, a key for tills only.

A key that could make another one of the alliance would outlive whoever revokes it. An operator's key has a keeper, to
whose sum its doings count and with whom it ends, unless another owner adopts it before; and it expires.
"""

from sqlalchemy import Connection

from coalition.access.caller import PEOPLE, Caller, Role
from coalition.access.errors import KeyLifeTooLong, KeyNotCreatable, KeyOfKey
from coalition.access.invite import COMMAND
from coalition.access.key_store import (
    OPERATOR_KEY_DAYS,
    ApiKey,
    add_key,
    begun,
    find_key,
    keys_of,
    replace_key,
    revoke_key,
    set_keeper,
)
from coalition.access.log import record
from coalition.access.prove import check_proven
from coalition.access.tokens import NewToken, new_token
from coalition.access.user import DAY

OVERLAP_DAYS = 7
"""For how long a key that was replaced stays good, where nothing is said: no till stops."""


def create_key(
    connection: Connection,
    caller: Caller,
    role: Role,
    label: str,
    shop: str | None,
    now: int,
    expires_at: int | None = None,
    token: NewToken | None = None,
) -> NewToken:
    """A new key, whose text nothing keeps; a till's key names its `shop`. A form has a `token` of its own.

    It is good until `expires_at`; where nothing is said, an operator's for a year and any other one without an end.
    Raises KeyNotCreatable, KeyOfKey, KeyLifeTooLong, and ProofNeeded for a key of the alliance or of an app.
    """
    if caller.role is Role.MANAGER and role is not Role.TILL:
        raise KeyNotCreatable
    _check_maker(connection, caller, role, now)
    token = token or new_token(caller.alliance_id)
    if role is Role.OPERATOR and expires_at is not None and expires_at > now + OPERATOR_KEY_DAYS * DAY:
        raise KeyLifeTooLong(OPERATOR_KEY_DAYS)
    key = begun(token, role, label, caller.id, now, shop, expires_at)
    add_key(connection, caller.alliance_id, token, key)
    record(connection, caller, "key.create", token.id, {"role": role.value, "shop": shop, "label": label})
    return token


def visible_key(connection: Connection, caller: Caller, key_id: str) -> ApiKey | None:
    """The key of that id; None where there is none that the caller may see."""
    key = find_key(connection, caller.alliance_id, key_id)
    return None if key is None or caller.shop not in (None, key.shop) else key


def revoke(connection: Connection, caller: Caller, key_id: str, now: int) -> bool:
    """Revoke a key at once; False where there is none to revoke that the caller may see."""
    if visible_key(connection, caller, key_id) is None:
        return False
    if not revoke_key(connection, caller.alliance_id, key_id, now):
        return False
    record(connection, caller, "key.revoke", key_id)
    return True


def rotate(
    connection: Connection, caller: Caller, key_id: str, now: int, old_until: int, token: NewToken | None = None
) -> NewToken | None:
    """Replace a key by a new one of the same role and shop; the old one stays valid until `old_until` at the latest.

    Whoever replaces an operator's key answers for the new one, which is good for a year. None where there is no key to
    replace that the caller may see. A form has a `token` of its own. Raises KeyOfKey and ProofNeeded as `create_key`.
    """
    old = visible_key(connection, caller, key_id)
    if old is None:
        return None
    _check_maker(connection, caller, old.role, now)
    token = token or new_token(caller.alliance_id)
    key = begun(token, old.role, old.label, caller.id, now, old.shop)
    if not replace_key(connection, caller.alliance_id, old, token, key, old_until):
        return None
    record(connection, caller, "key.rotate", key_id, {"new": token.id, "old_valid_until": old_until})
    return token


def adopt(connection: Connection, caller: Caller, key_id: str, now: int) -> ApiKey | None:
    """Let the caller answer for an operator's key, which goes on when its earlier keeper leaves.

    None where there is no such key of an operator, or it is revoked. Raises KeyOfKey and ProofNeeded.
    """
    key = visible_key(connection, caller, key_id)
    if key is None or key.role is not Role.OPERATOR or key.revoked_at is not None:
        return None
    _check_maker(connection, caller, key.role, now)
    adopted = set_keeper(connection, caller.alliance_id, key, caller.id)
    record(connection, caller, "key.adopt", key_id, {"from": key.keeper})
    return adopted


def end_keys_of(connection: Connection, caller: Caller, keeper: str, now: int) -> None:
    """Revoke the keys that somebody answered for and nobody has adopted."""
    for key in keys_of(connection, caller.alliance_id, keeper):
        revoke_key(connection, caller.alliance_id, key.id, now)
        record(connection, caller, "key.revoke", key.id, {"keeper": keeper})


def _check_maker(connection: Connection, caller: Caller, role: Role, now: int) -> None:
    """Raise KeyOfKey for a key that would make one for more than tills, which the command on the server may.

    Raises ProofNeeded for a person whose session could be a thief's: a key outlives the session.
    """
    if role is not Role.TILL and caller.role not in PEOPLE and caller.id != COMMAND:
        raise KeyOfKey(role)
    check_proven(connection, caller, now)
