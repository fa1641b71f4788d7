"""Change a user: another name, role or shop, disabled and enabled again."""

from sqlalchemy import Connection

from coalition.access.caller import Caller, Role
from coalition.access.errors import LastOwner
from coalition.access.log import record
from coalition.access.session_store import revoke_sessions
from coalition.access.user import User
from coalition.access.user_store import change_user, find_user, has_owner, lock_owners


def change(connection: Connection, who: Caller, user: User, changes: dict[str, str | int | None], now: int) -> User:
    """Set these columns of a user, whose sessions end if they may do something else now.

    Raises LastOwner where nobody could run the alliance any more, and UserExists.
    """
    was_owner = user.role is Role.OWNER
    if was_owner:
        lock_owners(connection, user.alliance_id)
    change_user(connection, user.alliance_id, user.id, **changes)
    if was_owner and user.password_hash is not None and not has_owner(connection, user.alliance_id):
        raise LastOwner(user.id)
    if changes.keys() & {"role", "shop", "disabled_at"}:
        revoke_sessions(connection, user.alliance_id, user.subject, now)
    record(connection, who, "user.change", user.id, changes)
    return find_user(connection, user.alliance_id, user.id) or user
