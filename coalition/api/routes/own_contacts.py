"""Members change their own contact, with a code that is sent to the new one."""

from typing import Annotated

from fastapi import BackgroundTasks, Depends, Request, Response
from pydantic import BaseModel, ConfigDict

from coalition.access.caller import Caller, Role
from coalition.access.member_code import CODE_MINUTES
from coalition.api.access import allow, own_member
from coalition.api.fields import MemberId
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.member_sessions import Contact, MemberCode
from coalition.api.routes.people import Code, Cookie, SessionWithToken, render_session
from coalition.web import own_contact as changing
from coalition.web.request import language_of

router = Router(prefix="/v1/members", tags=["members"])
POSITION = 71

Member = Annotated[Caller, Depends(allow([Role.MEMBER]))]
PROBLEMS = responses(
    (403, "Not for this role, or the last proof is older than five minutes (proof_needed)."),
    (404, "No such member, or not you."),
    (409, "The member is frozen (member_frozen), or the contact is another member's (contact_taken)."),
    (422, "The contact can't be used."),
    (429, "Too many codes or tries."),
)


class ContactCodeCreate(BaseModel):
    """Where a code goes to."""

    model_config = ConfigDict(extra="forbid")

    contact: Contact


class ContactChange(BaseModel):
    """The new contact, and the code that was sent to it."""

    model_config = ConfigDict(extra="forbid")

    contact: Contact
    code: Code
    cookie: Cookie = False


@router.post(
    "/{member}/contact-codes",
    operation_id="sendContactCode",
    summary="Send a code to your new contact",
    status_code=202,
    responses={**PROBLEMS, **responses((401, "Not logged in."))},
)
def send_contact_code(
    request: Request, background: BackgroundTasks, member: MemberId, body: ContactCodeCreate, caller: Member
) -> MemberCode:
    """Takes a proof that is at most five minutes old. Answers alike whether the contact is another member's or not."""
    own_member(caller, member)
    changing.send_contact_code(request, background, caller, member, body.contact, language_of(request))
    return MemberCode(minutes=CODE_MINUTES)


@router.post(
    "/{member}/contact",
    operation_id="changeContact",
    summary="Change your own contact",
    status_code=201,
    responses={**PROBLEMS, **responses((401, "Not logged in, or the code is wrong, used or over."))},
)
def change_contact(
    request: Request,
    response: Response,
    background: BackgroundTasks,
    member: MemberId,
    body: ContactChange,
    caller: Member,
) -> SessionWithToken:
    """Replaces your phone number by a phone number, your e-mail address by an e-mail address, or adds it.

    All your sessions, passkeys and pay devices end, and the contacts from before are told. The answer is a new session.
    """
    own_member(caller, member)
    cookie = response if body.cookie else None
    begun = changing.change_contact(request, background, caller, member, body.contact, body.code, cookie)
    return render_session(begun, cookie=body.cookie)
