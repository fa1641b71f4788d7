"""Prove again who one is, within a session: what adds or removes a credential asks for it.

The session then has another token. A browser gets it in its cookie, a program in the answer.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any, NamedTuple

from fastapi import Request, Response

from coalition.access.caller import Caller
from coalition.access.errors import LogInRefused
from coalition.access.log import record
from coalition.access.log_in import check_log_in
from coalition.access.member_code import redeem_code
from coalition.access.passkey import subject_of_passkey
from coalition.access.prove import renew_proven
from coalition.access.rate_limits import LOG_IN_ACCOUNT
from coalition.access.session_store import NewSession
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.members.log_in import read_contact
from coalition.web.cookies import set_session_cookie
from coalition.web.log_in_guard import guesses_counted, owner_of_subject
from coalition.web.passkey_log_in import site_of


class Proof(NamedTuple):
    """A password, with a one-time code where the user has one; a contact and the code sent to it; or a passkey."""

    password: str | None = None
    code: str | None = None
    contact: str | None = None
    challenge: str | None = None
    credential: Mapping[str, Any] | None = None


def prove_session(request: Request, proof: Proof, caller: Caller) -> NewSession:
    """Keep that the caller has proven who they are; the session as it is now, with another token.

    Raises LogInRefused, TooManyRequests.
    """
    alliances: Alliances = request.app.state.alliances
    rates = request.app.state.log_in_rates
    rates.take(LOG_IN_ACCOUNT, caller.id)
    with guesses_counted(request, caller.alliance_id, caller.id, partial(owner_of_subject, alliances, caller)):
        _check(request, alliances, proof, caller)
    with alliances.database.engine.begin() as connection:
        renewed = renew_proven(connection, caller, alliances.clock())
        record(connection, caller, "session.prove", caller.session or "")
    rates.clear(LOG_IN_ACCOUNT, caller.id)
    request.app.state.callers.forget()
    request.state.renewed = renewed
    return renewed


def renewed_session(request: Request) -> NewSession | None:
    """The session as it is since this request proved it; None where this request didn't."""
    return getattr(request.state, "renewed", None)


def keep_renewed(request: Request, answer: Response) -> None:
    """Set the cookie where the session has another token since this request. Raises ForeignPage for a foreign page.

    Pages need not call it: their routes and the page of errors do.
    """
    renewed = renewed_session(request)
    if renewed is not None:
        now = request.app.state.alliances.clock()
        set_session_cookie(request, answer, renewed.token.text, (renewed.expires_at - now) // 1_000_000)


def _check(request: Request, alliances: Alliances, proof: Proof, caller: Caller) -> None:
    """Raise LogInRefused unless the proof is the caller's own. What it uses up stays used up."""
    now, here = alliances.clock(), caller.alliance_id
    subject: str | None = None
    refused = LogInRefused()
    with alliances.database.engine.begin() as connection:
        if proof.credential is not None and proof.challenge is not None:
            site = site_of(request, here)
            subject = subject_of_passkey(connection, here, site, proof.challenge, proof.credential, now)
        elif proof.contact is not None and proof.code is not None:
            alliance = alliances.get(here)
            contact = read_contact(alliance, proof.contact)
            redeemed = redeem_code(connection, here, alliance.programme.secret, contact, proof.code, now)
            if isinstance(redeemed, LogInRefused):
                refused = redeemed
            else:
                subject = f"member:{redeemed.member}"
        elif proof.password is not None:
            user = find_user(connection, here, caller.id.removeprefix("user:"))
            if user is not None:
                subject = check_log_in(connection, here, user.email, proof.password, proof.code, now).subject
    if subject != caller.id:
        raise refused
