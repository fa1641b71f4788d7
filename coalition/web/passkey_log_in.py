"""People log in with a passkey: a user or a member, whose device has verified its holder."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from fastapi import Request, Response
from sqlalchemy import Connection

from coalition.access.caller import Caller
from coalition.access.errors import LogInRefused
from coalition.access.member_code import member_caller
from coalition.access.passkey import (
    Options,
    Site,
    options_to_log_in,
    owner_of_passkey,
    passkey_id_of,
    subject_of_passkey,
)
from coalition.access.rate_limits import LOG_IN_ADDRESS
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.members.log_in import check_may_log_in
from coalition.web.begin_session import BegunSession, begin_session
from coalition.web.log_in_guard import Owner, guesses_counted, owner_of_subject
from coalition.web.request import address_of, alliance_name, public_url


def site_of(request: Request, alliance_id: int) -> Site:
    """The site that passkeys of an alliance are bound to."""
    return Site(public_url(request), alliance_name(request, alliance_id))


def start_passkey_log_in(request: Request, alliance_id: int | None) -> tuple[str, Options]:
    """The id of a new challenge, and the options for the browser, the same for everybody.

    Raises LogInRefused, TooManyRequests.
    """
    alliances: Alliances = request.app.state.alliances
    request.app.state.log_in_rates.take(LOG_IN_ADDRESS, address_of(request))
    if alliance_id is None:
        raise LogInRefused
    with alliances.database.engine.begin() as connection:
        return options_to_log_in(connection, alliance_id, site_of(request, alliance_id), alliances.clock())


def log_in_by_passkey(
    request: Request, alliance_id: int | None, challenge: str, credential: Mapping[str, Any], cookie: Response | None
) -> BegunSession:
    """Begin a session with the credential that a browser has signed a challenge with.

    Raises LogInRefused, TooManyRequests, ForeignPage.
    """
    alliances: Alliances = request.app.state.alliances
    request.app.state.log_in_rates.take(LOG_IN_ADDRESS, address_of(request))
    if alliance_id is None:
        raise LogInRefused
    now = alliances.clock()
    site = site_of(request, alliance_id)
    passkey_id = passkey_id_of(credential)
    guesses = guesses_counted(
        request, alliance_id, f"passkey:{passkey_id}", partial(_owner, alliances, alliance_id, passkey_id)
    )
    with guesses, alliances.database.engine.begin() as connection:
        subject = subject_of_passkey(connection, alliance_id, site, challenge, credential, now)
        caller = _caller(connection, alliance_id, subject)
        return begin_session(request, connection, caller, now, "passkey", cookie)


def _owner(alliances: Alliances, alliance_id: int, passkey_id: str) -> Owner | None:
    """Where the owner of a passkey is reached; None where there is no such passkey."""
    with alliances.database.engine.connect() as connection:
        subject = owner_of_passkey(connection, alliance_id, passkey_id)
        caller = None if subject is None else _caller(connection, alliance_id, subject)
    return None if caller is None else owner_of_subject(alliances, caller)


def _caller(connection: Connection, alliance_id: int, subject: str) -> Caller:
    kind, _, id_ = subject.partition(":")
    if kind == "member":
        check_may_log_in(connection, alliance_id, id_)
        return member_caller(alliance_id, id_)
    user = find_user(connection, alliance_id, id_)
    if user is None or user.disabled_at is not None:
        raise LogInRefused
    return user.caller()
