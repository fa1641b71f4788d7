"""Users log in with a password and, where they have one, a second factor."""

from functools import partial

from fastapi import Request, Response

from coalition.access.errors import LogInRefused
from coalition.access.known_places import is_known_place, keep_place
from coalition.access.log_in import check_log_in
from coalition.access.place import hashed
from coalition.access.rate_limits import LOG_IN_ACCOUNT, LOG_IN_ADDRESS
from coalition.access.shared_rate_limits import SharedRates
from coalition.access.user import normal_email
from coalition.access.user_store import find_user_by_email
from coalition.alliance import Alliances
from coalition.web.begin_session import BegunSession, begin_session
from coalition.web.log_in_guard import Owner, guesses_counted
from coalition.web.request import address_of


def log_in_by_password(
    request: Request, alliance_id: int | None, email: str, password: str, code: str | None, cookie: Response | None
) -> BegunSession:
    """Begin a session. An unknown address and a wrong password are refused alike, in the same time.

    Raises LogInRefused, SecondFactorNeeded, TooManyRequests, ForeignPage.
    """
    alliances: Alliances = request.app.state.alliances
    rates: SharedRates = request.app.state.log_in_rates
    rates.take(LOG_IN_ADDRESS, address_of(request))
    if alliance_id is None:
        raise LogInRefused
    now, email = alliances.clock(), normal_email(email)
    place = hashed(alliances.get(alliance_id).programme.secret, "place", address_of(request))
    with alliances.database.engine.connect() as connection:
        known = is_known_place(connection, alliance_id, email, place, now)
    # Where the user has logged in from before, the guesses of strangers elsewhere don't count.
    account = f"{alliance_id}:{email}" + (f"@{place.hex()}" if known else "")
    rates.take(LOG_IN_ACCOUNT, account)
    guesses = guesses_counted(request, alliance_id, email, partial(_owner, alliances, alliance_id, email))
    with guesses, alliances.database.engine.begin() as connection:
        user = check_log_in(connection, alliance_id, email, password, code, now)
        keep_place(connection, alliance_id, user.subject, place, now)
        begun = begin_session(request, connection, user.caller(), now, "password", cookie)
    rates.clear(LOG_IN_ACCOUNT, account)
    return begun


def _owner(alliances: Alliances, alliance_id: int, email: str) -> Owner | None:
    """The user who logs in with an address, unless they are disabled or have no password yet."""
    with alliances.database.engine.connect() as connection:
        user = find_user_by_email(connection, alliance_id, email)
    if user is None or user.disabled_at is not None or user.password_hash is None:
        return None
    return Owner(user.email, user.language)
