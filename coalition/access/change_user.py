"""Change a user: name, role, shop, disabled or enabled."""

from sqlalchemy import Connection

from coalition.access.caller import Caller, Role
from coalition.access.errors import LastOwner
from coalition.access.log import record
from coalition.access.session_store import revoke_sessions
from coalition.access.user import User
from coalition.access.user_store import find_user, has_owner, lock_owners, update_user


def change_user(
    connection: Connection, caller: Caller, user: User, changes: dict[str, str | int | None], now: int
) -> User:
    """Set these columns of a user. A change of the user's permissions ends the user's sessions.

    Raises LastOwner if the alliance would have no owner left, and UserExists.
    """
    was_owner = user.role is Role.OWNER
    if was_owner:
        lock_owners(connection, user.alliance_id)
    update_user(connection, user.alliance_id, user.id, **changes)
    if was_owner and user.password_hash is not None and not has_owner(connection, user.alliance_id):
        raise LastOwner(user.id)
    if changes.keys() & {"role", "shop", "disabled_at"}:
        revoke_sessions(connection, user.alliance_id, user.subject, now)
    record(connection, caller, "user.change", user.id, changes)
    return find_user(connection, user.alliance_id, user.id) or user
