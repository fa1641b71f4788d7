"""Log in with a password and, where one is set up, a one-time code."""

from sqlalchemy import Connection

from coalition.access import second_factor
from coalition.access.caller import STAFF
from coalition.access.end_credentials import Ending, end_credentials
from coalition.access.errors import LogInRefused, SecondFactorNeeded
from coalition.access.passwords import hash_password, is_password
from coalition.access.user import User, normal_email
from coalition.access.user_store import find_user_by_email, update_user, use_code_step


def check_log_in(
    connection: Connection, alliance_id: int, email: str, password: str, code: str | None, now: int
) -> User:
    """Return the user with this e-mail address, if password and code are right.

    Raises SecondFactorNeeded and LogInRefused; a refusal takes equally long whether or not the user exists.
    """
    user = find_user_by_email(connection, alliance_id, normal_email(email))
    right = is_password(password, None if user is None else user.password_hash)
    if user is None or not right or user.disabled_at is not None:
        raise LogInRefused
    if user.totp_secret is None:
        if user.role in STAFF:
            # A shop's user was given a role in the alliance: a new invitation must set up the second factor first.
            raise LogInRefused
        return user
    if code is None:
        raise SecondFactorNeeded
    step = second_factor.step_of(user.totp_secret, code, now)
    if step is None or not use_code_step(connection, user, step):
        raise LogInRefused
    return user


def change_password(connection: Connection, user: User, old: str, new: str) -> None:
    """Replace the user's password, and end their sessions and invitations.

    Raises LogInRefused if the old one is wrong, and PasswordWeak.
    """
    if not is_password(old, user.password_hash):
        raise LogInRefused
    update_user(connection, user.alliance_id, user.id, password_hash=hash_password(new, user.email))
    end_credentials(connection, user.alliance_id, user.subject, Ending.PASSWORD)
