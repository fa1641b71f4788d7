"""Members who join by themselves: from a poster, with a code that is sent to their phone or mailbox."""

from typing import Annotated

from fastapi import BackgroundTasks, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.find_alliance import find_alliance_id
from coalition.access.member_code import CODE_MINUTES
from coalition.alliance import Alliances
from coalition.api.fields import PlainText, Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.member_sessions import Contact, MemberCode, MemberCodeCreate
from coalition.api.routes.people import AllianceNamed, Code, Cookie, SessionWithToken, render_session
from coalition.legal.legal_text import VERSION_MAX
from coalition.members.join import JoinRequest
from coalition.members.member import LANGUAGE_TAG, NAME_CHARS_MAX
from coalition.web import member_log_in as sending
from coalition.web.request import language_of

router = Router(prefix="/v1", tags=["sessions"])
POSITION = 275


class JoinConsents(BaseModel):
    """What somebody who joins agrees to."""

    model_config = ConfigDict(extra="forbid")

    terms: bool = Field(description="The programme's terms: nobody joins without.")
    terms_version: StrictInt | None = Field(
        default=None,
        ge=1,
        le=VERSION_MAX,
        description="The version of the alliance's own terms that they read (`listPublicLegalTexts`); null: whichever "
        "is in force.",
    )
    marketing: bool = Field(default=False, description="Being written to.")


class JoinCreate(BaseModel):
    """Somebody who joins."""

    model_config = ConfigDict(extra="forbid")

    alliance: AllianceNamed = None
    contact: Contact
    code: Code
    consents: JoinConsents = Field(description="What they agree to.")
    name: Annotated[str, Field(max_length=NAME_CHARS_MAX), PlainText()] | None = Field(
        default=None, description="What they like to be called.", examples=["Ann"]
    )
    language: str | None = Field(
        default=None,
        description="Their language (BCP 47); that of the request where it is left out.",
        pattern=LANGUAGE_TAG,
    )
    shop: Text | None = Field(default=None, description="The ref of the shop whose poster brought them.")
    cookie: Cookie = False


class Joined(SessionWithToken):
    """The session of whoever joined."""

    member: str = Field(description="The member's id.")
    new: bool = Field(description="False where the contact was a member's already, who is logged in now.")


@router.post(
    "/join-codes",
    operation_id="sendJoinCode",
    summary="Send a code to somebody who wants to join",
    status_code=202,
    responses=responses((422, "A field can't be used."), (429, "Too many codes to this contact or from this address.")),
)
def send_join_code(request: Request, background: BackgroundTasks, body: MemberCodeCreate) -> MemberCode:
    """Goes to any contact, whether it is a member's or not, and is answered alike."""
    alliances: Alliances = request.app.state.alliances
    alliance_id = find_alliance_id(alliances.database, body.alliance)
    sending.send_join_code(request, background, alliance_id, body.contact, language_of(request))
    return MemberCode(minutes=CODE_MINUTES)


@router.post(
    "/join",
    operation_id="joinAlliance",
    summary="Join, or log in",
    status_code=201,
    responses=responses(
        (401, "The code is wrong, used or over, or was tried five times."),
        (403, "A cookie for another site's page."),
        (409, "Other terms are in force than those that they read (terms_changed)."),
        (422, "A field can't be used, or the terms are not agreed to (terms_needed)."),
        (429, "Too many tries from this address."),
        (503, "Not available now."),
    ),
)
def join_alliance(request: Request, response: Response, body: JoinCreate) -> Joined:
    """With the code that was sent. Whoever has the contact already is logged in, and nothing of them is changed.

    Gifts that wait for the contact arrive at once.
    """
    alliances: Alliances = request.app.state.alliances
    alliance_id = find_alliance_id(alliances.database, body.alliance)
    wanted = JoinRequest(
        body.contact,
        body.code,
        body.name,
        body.language or language_of(request),
        body.consents.terms,
        body.consents.terms_version,
        body.consents.marketing,
        body.shop,
    )
    joined = sending.join_by_code(request, alliance_id, wanted, response if body.cookie else None)
    session = render_session(joined.begun, cookie=body.cookie)
    return Joined(**session.model_dump(), member=joined.enrolled.member, new=joined.enrolled.new)
