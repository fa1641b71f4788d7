"""Invite somebody; an approver, with a second person."""

from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.access.announce import Announcement, of_invitation
from coalition.access.caller import Caller, Role
from coalition.access.invite import add_invited_user
from coalition.access.user import User
from coalition.alliance import Alliance
from coalition.approvals.approvals import Approvals
from coalition.locale.formats import Lang
from coalition.staff.approvers import asked_by_invitation, carry_out


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom to invite; `shop` is set for a shop's people only, and `id` where the user's is drawn already."""

    email: str
    name: str
    role: Role
    shop: str | None
    language: Lang
    id: str | None = None


@dataclass(frozen=True, slots=True)
class NewInvitation:
    """A user who is invited, the token that the invitation's link has, and what is announced of it."""

    user: User
    token: str
    announcements: list[Announcement]


def invite_user(alliance: Alliance, approvals: Approvals, caller: Caller, invitee: Invitee, now: int) -> NewInvitation:
    """Add a user and an invitation.

    Raises EmailInvalid, UserNotManageable and UserExists, and for an approver ApprovalAwaited.
    """

    def do(connection: Connection) -> NewInvitation:
        user, token = add_invited_user(
            connection,
            caller,
            invitee.email,
            invitee.name,
            invitee.role,
            invitee.shop,
            invitee.language,
            now,
            invitee.id,
        )
        return NewInvitation(user, token, of_invitation(connection, caller, alliance.book.settings.name, user))

    return carry_out(alliance, approvals, caller, asked_by_invitation(invitee.email, invitee.role), do)
