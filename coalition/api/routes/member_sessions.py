"""Members log in: a one-time code to a phone number or an e-mail address that the alliance knows."""

from typing import Annotated

from fastapi import BackgroundTasks, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.find_alliance import find_alliance_id
from coalition.access.member_code import CODE_MINUTES
from coalition.alliance import Alliances
from coalition.api.fields import PlainText
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.people import (
    AllianceNamed,
    Code,
    Cookie,
    SessionWithToken,
    render_session,
)
from coalition.web.member_log_in import log_in_by_code, send_member_code
from coalition.web.request import language_of

router = Router(prefix="/v1", tags=["sessions"])
POSITION = 280

Contact = Annotated[
    str,
    Field(
        min_length=3,
        max_length=200,
        description="A phone number with its country (+49…), or an e-mail address.",
        examples=["+4915112345678"],
    ),
    PlainText(),
]


class MemberCodeCreate(BaseModel):
    """Whom to send a code."""

    model_config = ConfigDict(extra="forbid")

    alliance: AllianceNamed = None
    contact: Contact


class MemberCode(BaseModel):
    """What was done: the same for every contact."""

    minutes: int = Field(description="How long a code is good, where one was sent.", examples=[CODE_MINUTES])


class MemberSessionCreate(BaseModel):
    """A member's log-in."""

    model_config = ConfigDict(extra="forbid")

    alliance: AllianceNamed = None
    contact: Contact
    code: Code
    cookie: Cookie = False


@router.post(
    "/member-codes",
    operation_id="sendMemberCode",
    summary="Send a member a one-time code",
    status_code=202,
    responses=responses((422, "A field can't be used."), (429, "Too many codes to this contact or from this address.")),
)
def send_code(request: Request, background: BackgroundTasks, body: MemberCodeCreate) -> MemberCode:
    """Answers alike, and before it looks, whether anybody has this contact or not.

    Whoever takes over a number can read codes sent to it; an address or, better, a passkey is safer.
    """
    alliances: Alliances = request.app.state.alliances
    alliance_id = find_alliance_id(alliances.database, body.alliance)
    send_member_code(request, background, alliance_id, body.contact, language_of(request))
    return MemberCode(minutes=CODE_MINUTES)


@router.post(
    "/member-sessions",
    operation_id="logInMember",
    summary="Log a member in",
    status_code=201,
    responses=responses(
        (401, "The code is wrong, used or over, or was tried five times."),
        (403, "A cookie for another site's page."),
        (422, "A field can't be used."),
        (429, "Too many log-ins from this address."),
        (503, "Not available now."),
    ),
)
def log_in_member(request: Request, response: Response, body: MemberSessionCreate) -> SessionWithToken:
    """Begins a session with the code that was sent. A code counts once."""
    alliances: Alliances = request.app.state.alliances
    alliance_id = find_alliance_id(alliances.database, body.alliance)
    begun = log_in_by_code(request, alliance_id, body.contact, body.code, response if body.cookie else None)
    return render_session(begun, cookie=body.cookie)
