"""Take somebody's credentials away and invite them anew; an approver, with a second person."""

from dataclasses import replace

from sqlalchemy import Connection

from coalition.access.announce import of_reset
from coalition.access.caller import Caller
from coalition.access.invite import invite_again
from coalition.access.user import User
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.staff.approvers import asked_by_reset, carry_out
from coalition.staff.invite_user import NewInvitation


def reset_user(alliance: Alliance, approvals: Approvals, caller: Caller, user: User, now: int) -> NewInvitation:
    """End whatever lets a user in, and add another invitation. Raises UserNotManageable and ApprovalAwaited."""

    def do(connection: Connection) -> NewInvitation:
        token = invite_again(connection, caller, user, now)
        after = replace(user, password_hash=None, totp_secret=None)
        return NewInvitation(after, token, of_reset(connection, caller, alliance.book.settings.name, after))

    return carry_out(alliance, approvals, caller, asked_by_reset(user), do)
