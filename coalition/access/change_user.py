"""Change a user: name, role, shop, disabled or enabled."""

from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.access.caller import SHOP_STAFF, Caller, Role
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.errors import LastOwner, UserOnOneSide
from coalition.access.log import record
from coalition.access.manage_keys import end_keys_of
from coalition.access.session_store import revoke_sessions
from coalition.access.user import User, check_email, check_may_manage, normal_email
from coalition.access.user_store import find_user, has_owner, lock_owners, update_user
from coalition.locale.formats import Lang


@dataclass(frozen=True, slots=True)
class UserChange:
    """What to change of a user; None leaves it as it is."""

    email: str | None = None
    name: str | None = None
    role: Role | None = None
    language: Lang | None = None
    disabled: bool | None = None


def change_user(connection: Connection, caller: Caller, user: User, change: UserChange, now: int) -> User:
    """Change a user. A change of the role ends the user's sessions; a new address or disabling, all credentials.

    Operator's keys that the user answers for end when the user is no owner any more, or is disabled.

    Raises EmailInvalid, UserOnOneSide, UserNotManageable, UserExists, and LastOwner if the alliance would have no owner
    left.
    """
    if change.email is not None:
        check_email(change.email)
    role = change.role or user.role
    if (role in SHOP_STAFF) != (user.role in SHOP_STAFF):
        raise UserOnOneSide
    check_may_manage(caller, role, user.shop)
    changes = _columns(change, now)
    if not changes:
        return user
    was_owner = user.role is Role.OWNER
    if was_owner:
        lock_owners(connection, user.alliance_id)
    update_user(connection, user.alliance_id, user.id, **changes)
    if was_owner and user.password_hash is not None and not has_owner(connection, user.alliance_id):
        raise LastOwner(user.id)
    if change.disabled:
        end_credentials(connection, user.alliance_id, user.subject, Ending.DISABLE)
    if changes.get("email", user.email) != user.email:
        end_credentials(connection, user.alliance_id, user.subject, Ending.ADDRESS)
    if "role" in changes:
        revoke_sessions(connection, user.alliance_id, user.subject, now)
    record(connection, caller, "user.change", user.id, changes)
    if change.disabled or (was_owner and role is not Role.OWNER):
        end_keys_of(connection, caller, user.subject, now)
    return find_user(connection, user.alliance_id, user.id) or user


def _columns(change: UserChange, now: int) -> dict[str, str | int | None]:
    """The columns of a user that a change sets."""
    values: dict[str, str | int | None] = {
        "email": None if change.email is None else normal_email(change.email),
        "name": change.name,
        "role": None if change.role is None else change.role.value,
        "language": change.language,
    }
    columns: dict[str, str | int | None] = {name: value for name, value in values.items() if value is not None}
    if change.disabled is not None:
        columns["disabled_at"] = now if change.disabled else None
    return columns
