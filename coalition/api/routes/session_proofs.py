"""Prove again who one is, within a session: what adds or removes a credential asks for it."""

from functools import partial
from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import PEOPLE, Caller
from coalition.access.errors import LogInRefused
from coalition.access.log import record
from coalition.access.log_in import check_log_in
from coalition.access.member_code import redeem_code
from coalition.access.passkey import Site, subject_of_passkey
from coalition.access.prove import PROOF_MINUTES, mark_proven
from coalition.access.rate_limits import LOG_IN_ACCOUNT
from coalition.access.user_store import find_user
from coalition.alliance import Alliances
from coalition.api.access import allow
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.member_sessions import Contact
from coalition.api.routes.passkeys import Challenge, Credential
from coalition.api.routes.people import (
    Code,
    Password,
)
from coalition.members.log_in import read_contact
from coalition.web.log_in_guard import guesses_counted, owner_of_subject
from coalition.web.request import alliance_name, public_url

router = Router(prefix="/v1", tags=["sessions"])
POSITION = 275

People = Annotated[Caller, Depends(allow(PEOPLE))]


class SessionProof(BaseModel):
    """A password, with a one-time code where the user has one; a contact and the code sent to it; or a passkey."""

    model_config = ConfigDict(extra="forbid")

    password: Password | None = Field(default=None, description="A user's password.")
    code: Code | None = Field(
        default=None, description="The authenticator app's current code, or the one that was sent to `contact`."
    )
    contact: Contact | None = Field(default=None, description="Where a member's code was sent (`sendMemberCode`).")
    challenge: Challenge | None = Field(default=None, description="The `challenge` of `startPasskeyLogIn`.")
    credential: Credential | None = Field(default=None, description="The credential from `navigator.credentials`.")


class SessionProven(BaseModel):
    """How long the proof is good."""

    minutes: int = Field(description="For so many minutes from now on.", examples=[PROOF_MINUTES])


@router.post(
    "/session/proof",
    operation_id="proveSession",
    summary="Prove again who you are",
    responses=responses(
        (401, "Not logged in, or the proof does not hold."),
        (403, "Not for keys."),
        (422, "A field can't be used."),
        (429, "Too many tries."),
    ),
)
def prove(request: Request, body: SessionProof, caller: People) -> SessionProven:
    """To add or remove a passkey takes a proof that is at most five minutes old. A log-in is one too."""
    alliances: Alliances = request.app.state.alliances
    rates = request.app.state.log_in_rates
    rates.take(LOG_IN_ACCOUNT, caller.id)
    with guesses_counted(request, caller.alliance_id, caller.id, partial(owner_of_subject, alliances, caller)):
        _check(request, alliances, body, caller)
    with alliances.database.engine.begin() as connection:
        mark_proven(connection, caller, alliances.clock())
        record(connection, caller, "session.prove", caller.session or "")
    rates.clear(LOG_IN_ACCOUNT, caller.id)
    return SessionProven(minutes=PROOF_MINUTES)


def _check(request: Request, alliances: Alliances, body: SessionProof, caller: Caller) -> None:
    """Raise LogInRefused unless the proof is the caller's own. What it uses up stays used up."""
    now, here = alliances.clock(), caller.alliance_id
    subject: str | None = None
    with alliances.database.engine.begin() as connection:
        if body.credential is not None and body.challenge is not None:
            site = Site(public_url(request), alliance_name(request, here))
            subject = subject_of_passkey(connection, here, site, body.challenge, body.credential, now)
        elif body.contact is not None and body.code is not None:
            alliance = alliances.get(here)
            contact = read_contact(alliance, body.contact)
            redeemed = redeem_code(connection, here, alliance.programme.secret, contact, body.code, now)
            subject = None if redeemed is None else f"member:{redeemed.member}"
        elif body.password is not None:
            user = find_user(connection, here, caller.id.removeprefix("user:"))
            if user is not None:
                subject = check_log_in(connection, here, user.email, body.password, body.code, now).subject
    if subject != caller.id:
        raise LogInRefused
