"""Prove again who one is, within a session: what adds or removes a credential asks for it."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import PEOPLE, Caller
from coalition.access.prove import PROOF_MINUTES
from coalition.api.access import allow
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.member_sessions import Contact
from coalition.api.routes.passkeys import Challenge, Credential
from coalition.api.routes.people import (
    Code,
    Password,
)
from coalition.web.prove_session import Proof, keep_renewed, prove_session

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
    """How long the proof is good, and the session's new token."""

    minutes: int = Field(description="For so many minutes from now on.", examples=[PROOF_MINUTES])
    token: str | None = Field(
        description="What to send as `Authorization: Bearer …` from now on. Null if a cookie keeps it."
    )
    csrf_token: str = Field(description="What a browser has to send as X-CSRF-Token with every write from now on.")


@router.post(
    "/session/proof",
    operation_id="proveSession",
    summary="Prove again who you are",
    responses=responses(
        (401, "Not logged in, or the proof does not hold."),
        (403, "Not for keys, or a cookie for another site's page."),
        (422, "A field can't be used."),
        (429, "Too many tries."),
    ),
)
def prove(request: Request, response: Response, body: SessionProof, caller: People) -> SessionProven:
    """What adds or removes a way in, or ends other sessions, takes a proof that is at most five minutes old.

    A log-in is one too. The session goes on with a new token, and its old one is good no more.
    """
    proof = Proof(body.password, body.code, body.contact, body.challenge, body.credential)
    renewed = prove_session(request, proof, caller)
    by_cookie = "authorization" not in request.headers
    if by_cookie:
        keep_renewed(request, response)
    return SessionProven(
        minutes=PROOF_MINUTES, token=None if by_cookie else renewed.token.text, csrf_token=renewed.csrf_token
    )
