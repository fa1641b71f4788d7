"""Invite a user, who then chooses a password; the same way an owner lets somebody choose a new one."""

from dataclasses import dataclass

from sqlalchemy import Connection

from coalition.access import second_factor
from coalition.access.caller import STAFF, Caller, Role
from coalition.access.errors import InvitationUnknown, LogInRefused, SecondFactorNeeded
from coalition.access.keys import PresentedKey, Sort, new_key, presented_key
from coalition.access.log import record
from coalition.access.passwords import hash_password
from coalition.access.session_store import revoke_sessions
from coalition.access.user import DAY, User, normal_email
from coalition.access.user_store import (
    add_invitation,
    add_user,
    change_user,
    find_invitation,
    list_users,
    use_code_step,
    use_invitation,
)
from coalition.ids import random_id
from coalition.locale.formats import Lang
from settlement.ledger import Database

INVITATION_DAYS = 7
COMMAND = "command"
"""Who it was in the log where somebody worked on the server itself."""
FIRST_OWNER_EMAIL = "owner@localhost"


@dataclass(frozen=True, slots=True)
class Offer:
    """What an invitation offers: to whom, and the secret of a second factor, which the alliance's people need."""

    user: User
    totp_secret: str | None


def add_invited_user(
    connection: Connection, who: Caller, email: str, name: str, role: Role, shop: str | None, language: Lang, now: int
) -> tuple[User, str]:
    """Add a user and an invitation: the user, and the invitation's token. Raises UserExists."""
    user_id = random_id("usr")
    user = User(who.alliance_id, user_id, normal_email(email), name, role, shop, language, None, None, now, None)
    add_user(connection, user)
    token = invite(connection, user, now)
    record(connection, who, "user.invite", user.id, {"email": user.email, "role": role.value, "shop": shop})
    return user, token


def invite(connection: Connection, user: User, now: int) -> str:
    """A new invitation's token; earlier ones count no more."""
    key = new_key(user.alliance_id, Sort.INVITATION)
    add_invitation(connection, user, key, second_factor.new_secret(), now, now + INVITATION_DAYS * DAY)
    return key.text


def offer_of(connection: Connection, token: str, now: int) -> Offer:
    """What an invitation offers. Raises InvitationUnknown."""
    return _offer(connection, token, now)[0]


def accept(connection: Connection, token: str, password: str, code: str | None, now: int) -> User:
    """Choose a password, and set up the second factor by a code of it. Ends the user's sessions.

    Raises InvitationUnknown, PasswordWeak, SecondFactorNeeded, and LogInRefused for a wrong code.
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
    change_user(connection, user.alliance_id, user.id, **changes)
    if step is not None:
        use_code_step(connection, user, step)
    revoke_sessions(connection, user.alliance_id, user.subject, now)
    record(connection, user.caller(), "user.accept", user.id)
    return user


def on_the_server(alliance_id: int) -> Caller:
    """Who works on the server itself, by the command."""
    return Caller(alliance_id, COMMAND, Role.OPERATOR)


def first_operator(database: Database, alliance_id: int, now: int, email: str = FIRST_OWNER_EMAIL) -> str | None:
    """The invitation of an alliance's first owner, for its first start; None where it has users already."""
    with database.engine.begin() as connection:
        if list_users(connection, alliance_id, None, None, 1):
            return None
        who = on_the_server(alliance_id)
        return add_invited_user(connection, who, email, "Owner", Role.OWNER, None, "en", now)[1]


def _offer(connection: Connection, token: str, now: int) -> tuple[Offer, PresentedKey]:
    presented = presented_key(token)
    if presented is None or presented.sort is not Sort.INVITATION:
        raise InvitationUnknown
    found = find_invitation(connection, presented, now)
    if found is None:
        raise InvitationUnknown
    user, secret = found
    return Offer(user, secret if user.role in STAFF else None), presented
