"""Invite a user, who accepts by choosing a password. An owner resets a password the same way."""

from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.access import second_factor
from coalition.access.caller import STAFF, Caller, Role
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.errors import InvitationUnknown, LogInRefused, SecondFactorNeeded
from coalition.access.log import record
from coalition.access.passwords import hash_password
from coalition.access.tokens import PresentedToken, TokenKind, new_token, parse_token
from coalition.access.user import DAY, User, check_email, check_may_manage, normal_email
from coalition.access.user_store import (
    add_invitation,
    add_user,
    find_invitation,
    list_users,
    update_user,
    use_code_step,
    use_invitation,
)
from coalition.ids import random_id
from coalition.locale.formats import Lang
from settlement.ledger import Database

INVITATION_DAYS = 7
COMMAND = "command"
"""The caller's id in the log where somebody used the command on the server itself."""


@dataclass(frozen=True, slots=True)
class InvitationOffer:
    """An invitation that can be accepted: for which user, and the secret of the second factor if the role needs one."""

    user: User
    totp_secret: str | None


def add_invited_user(
    connection: Connection,
    caller: Caller,
    email: str,
    name: str,
    role: Role,
    shop: str | None,
    language: Lang,
    now: int,
    user_id: str | None = None,
) -> tuple[User, str]:
    """Add a user and an invitation; returns the user and the invitation's token. A form has a `user_id` of its own.

    Raises EmailInvalid, UserNotManageable and UserExists.
    """
    check_email(email)
    check_may_manage(caller, role, shop)
    user_id = user_id or random_id("usr")
    user = User(caller.alliance_id, user_id, normal_email(email), name, role, shop, language, None, None, now, None)
    add_user(connection, user)
    token = invite(connection, user, now)
    record(connection, caller, "user.invite", user.id, {"email": user.email, "role": role.value, "shop": shop})
    return user, token


def invite_again(connection: Connection, caller: Caller, user: User, now: int) -> str:
    """Add another invitation and return its token, also for a user who has lost password or second factor.

    Their credentials end at once: until they accept, nobody can log in as this user, neither with the old password nor
    with a passkey. Raises UserNotManageable.
    """
    check_may_manage(caller, user.role, user.shop)
    end_credentials(connection, user.alliance_id, user.subject, Ending.RESET)
    update_user(connection, user.alliance_id, user.id, password_hash=None, totp_secret=None)
    token = invite(connection, user, now)
    record(connection, caller, "user.invite", user.id, {"again": True})
    return token


def invite(connection: Connection, user: User, now: int) -> str:
    """Add an invitation and return its token; earlier invitations of the user become invalid."""
    key = new_token(user.alliance_id, TokenKind.INVITATION)
    add_invitation(connection, user, key, second_factor.new_secret(), now, now + INVITATION_DAYS * DAY)
    return key.text


def read_invitation(connection: Connection, token: str, now: int) -> InvitationOffer:
    """The invitation behind a token, still unused. Raises InvitationUnknown."""
    return _offer(connection, token, now)[0]


def accept(connection: Connection, token: str, password: str, code: str | None, now: int) -> User:
    """Set the user's password and, with a code from the authenticator app, the second factor.

    Whatever let the user in before ends. Raises InvitationUnknown, PasswordWeak, SecondFactorNeeded, and LogInRefused
    for a wrong code.
    """
    offer, presented = _offer(connection, token, now)
    user = offer.user
    changes: dict[str, object] = {"password_hash": hash_password(password, user.email)}
    step = None
    if offer.totp_secret is not None:
        if code is None:
            raise SecondFactorNeeded
        step = second_factor.step_of(offer.totp_secret, code, now)
        if step is None:
            raise LogInRefused
        changes["totp_secret"] = offer.totp_secret
    if not use_invitation(connection, presented, now):
        raise InvitationUnknown
    update_user(connection, user.alliance_id, user.id, **changes)
    if step is not None:
        use_code_step(connection, user, step)
    end_credentials(connection, user.alliance_id, user.subject, Ending.RESET)
    record(connection, user.caller(), "user.accept", user.id)
    return user


def server_caller(alliance_id: int) -> Caller:
    """The caller that a command on the server itself acts as."""
    return Caller(alliance_id, COMMAND, Role.OPERATOR)


def invite_first_owner(database: Database, alliance_id: int, now: int, email: str, language: Lang) -> str | None:
    """Invite an alliance's first owner and return the invitation's token; None if the alliance has users already.

    Raises EmailInvalid.
    """
    with database.engine.begin() as connection:
        if list_users(connection, alliance_id, None, None, 1):
            return None
        caller = server_caller(alliance_id)
        return add_invited_user(connection, caller, email, email, Role.OWNER, None, language, now)[1]


def _offer(connection: Connection, token: str, now: int) -> tuple[InvitationOffer, PresentedToken]:
    presented = parse_token(token)
    if presented is None or presented.sort is not TokenKind.INVITATION:
        raise InvitationUnknown
    invitation = find_invitation(connection, presented, now)
    if invitation is None:
        raise InvitationUnknown
    user, secret = invitation
    return InvitationOffer(user, secret if user.role in STAFF else None), presented
