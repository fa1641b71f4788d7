"""Change somebody; into an approver, or the address of one, with a second person."""

from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.access.announce import Announcement, of_change
from coalition.access.caller import Caller
from coalition.access.change_user import UserChange, change_user
from coalition.access.user import User
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.staff.approvers import asked_by_change, carry_out


@dataclass(frozen=True, slots=True)
class ChangedUser:
    """A user before and after a change, and what is announced of it."""

    before: User
    after: User
    announcements: list[Announcement]


def update_user(
    alliance: Alliance, approvals: Approvals, caller: Caller, user: User, change: UserChange, now: int
) -> ChangedUser:
    """Change a user as `change_user` does. Raises what that does, and ApprovalAwaited."""

    def do(connection: Connection) -> ChangedUser:
        after = change_user(connection, caller, user, change, now)
        return ChangedUser(user, after, of_change(connection, caller, alliance.book.settings.name, user, after))

    return carry_out(alliance, approvals, caller, asked_by_change(user, change), do)
