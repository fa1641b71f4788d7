"""Create, revoke and replace API keys. A manager does so for the tills of the own shop only, a key for tills only.

A key that could make another one of the alliance would outlive whoever revokes it, and begin a new sum of what it may
do alone each time.
"""

from sqlalchemy import Connection

from coalition.access.caller import PEOPLE, Caller, Role
from coalition.access.errors import KeyNotCreatable, KeyOfKey
from coalition.access.invite import COMMAND
from coalition.access.key_store import ApiKey, add_key, find_key, revoke_key, rotate_key
from coalition.access.log import record
from coalition.access.tokens import NewToken, new_token


def create_key(connection: Connection, caller: Caller, role: Role, label: str, shop: str | None, now: int) -> NewToken:
    """A new key, whose text nothing keeps; a till's key names its `shop`. Raises KeyNotCreatable and KeyOfKey."""
    if caller.role is Role.MANAGER and role is not Role.TILL:
        raise KeyNotCreatable
    _check_maker(caller, role)
    key = new_token(caller.alliance_id)
    add_key(connection, caller.alliance_id, key, role, label, now, shop)
    record(connection, caller, "key.create", key.id, {"role": role.value, "shop": shop, "label": label})
    return key


def _check_maker(caller: Caller, role: Role) -> None:
    """Raise KeyOfKey for a key that would make one for more than tills; the command on the server is no key."""
    if role is not Role.TILL and caller.role not in PEOPLE and caller.id != COMMAND:
        raise KeyOfKey(role)


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


def rotate(connection: Connection, caller: Caller, key_id: str, now: int, old_until: int) -> NewToken | None:
    """Replace a key by a new one of the same role and shop; the old one stays valid until `old_until`.

    None where there is no key to replace that the caller may see. Raises KeyOfKey.
    """
    old = visible_key(connection, caller, key_id)
    if old is None:
        return None
    _check_maker(caller, old.role)
    key = new_token(caller.alliance_id)
    if not rotate_key(connection, caller.alliance_id, key_id, key, now, old_until):
        return None
    record(connection, caller, "key.rotate", key_id, {"new": key.id, "old_valid_until": old_until})
    return key
