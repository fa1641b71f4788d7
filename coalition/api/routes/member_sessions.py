"""Members log in: a one-time code to a phone number or an e-mail address that the alliance knows."""

import logging
from functools import partial
from typing import Annotated

from fastapi import BackgroundTasks, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.exc import IntegrityError

from coalition.access.errors import LogInRefused, TooManyRequests
from coalition.access.find_alliance import find_alliance_id
from coalition.access.log import record
from coalition.access.member_code import CODE_MINUTES, issue_code, member_caller, redeem_code
from coalition.access.messages import code_message
from coalition.access.rate_limits import (
    CODE_ADDRESS,
    CODE_ADDRESS_DAY,
    CODE_ALLIANCE_DAY,
    CODE_CONTACT,
    CODE_CONTACT_DAY,
    CODE_MEMBER_DAY,
    LOG_IN_ADDRESS,
    SMS_ALLIANCE_DAY,
    DailyCap,
)
from coalition.access.shared_rate_limits import SharedRates
from coalition.alliance import Alliances
from coalition.api.access import address_of
from coalition.api.fields import PlainText
from coalition.api.log_in_guard import Owner, guesses_counted
from coalition.api.problems import language_of, responses
from coalition.api.router import Router
from coalition.api.routes.people import AllianceNamed, Code, Cookie, SessionWithToken, alliance_name, begin_session
from coalition.jobs.job import WorkSettings
from coalition.locale.formats import Lang
from coalition.members.log_in import check_may_log_in, find_recipient, read_contact
from coalition.messaging.messenger import send_or_log

router = Router(prefix="/v1", tags=["sessions"])
POSITION = 280
DEFAULT_LANGUAGE: Lang = "en"
log = logging.getLogger("coalition.access")

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
    """Answers alike, and before it looks, whether anybody has this contact or not."""
    rates: SharedRates = request.app.state.log_in_rates
    address = address_of(request)
    rates.take(CODE_ADDRESS, address)
    rates.count(CODE_ADDRESS_DAY, address)
    alliances: Alliances = request.app.state.alliances
    alliance_id = find_alliance_id(alliances.database, body.alliance)
    contact = _read(alliances, alliance_id, body.contact)
    rates.take(CODE_CONTACT, f"{alliance_id}:{contact}")
    rates.count(CODE_CONTACT_DAY, f"{alliance_id}:{contact}")
    if alliance_id is not None:
        background.add_task(_make_and_send, request, alliance_id, contact, language_of(request))
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
    rates: SharedRates = request.app.state.log_in_rates
    rates.take(LOG_IN_ADDRESS, address_of(request))
    alliance_id = find_alliance_id(alliances.database, body.alliance)
    if alliance_id is None:
        raise LogInRefused
    contact = _read(alliances, alliance_id, body.contact)
    now = alliances.clock()
    secret = alliances.get(alliance_id).programme.secret
    with guesses_counted(request, alliance_id, contact, partial(_owner, alliances, alliance_id, contact)):
        # A transaction of its own: a wrong code costs a try, whatever comes after.
        with alliances.database.engine.begin() as connection:
            member = redeem_code(connection, alliance_id, secret, contact, body.code, now)
        if member is None:
            raise LogInRefused
    caller = member_caller(alliance_id, member)
    with alliances.database.engine.begin() as connection:
        check_may_log_in(connection, alliance_id, member)
        session = begin_session(request, response, connection, caller, now, cookie=body.cookie)
        record(connection, caller, "session.begin", member, {"session": session.id, "by": "code"})
    return session


def _owner(alliances: Alliances, alliance_id: int, contact: str) -> Owner | None:
    """The member who logs in with a contact."""
    with alliances.database.engine.connect() as connection:
        recipient = find_recipient(connection, alliance_id, contact)
    return None if recipient is None else Owner(contact, recipient.language or DEFAULT_LANGUAGE)


def _read(alliances: Alliances, alliance_id: int | None, typed: str) -> str:
    """The contact as the alliance writes it, whoever has it: a code is bound to the number and not to its typing."""
    return typed if alliance_id is None else read_contact(alliances.get(alliance_id), typed)


def _check_caps(request: Request, alliance_id: int, contact: str, member: str) -> None:
    """Count a code that is about to be sent. Raises TooManyRequests, of which whoever asked for it learns nothing."""
    rates: SharedRates = request.app.state.log_in_rates
    settings: WorkSettings = request.app.state.work_settings
    rates.count(CODE_MEMBER_DAY, f"{alliance_id}:{member}")
    if "@" not in contact:
        rates.count(DailyCap(SMS_ALLIANCE_DAY, settings.sms_per_day_max), str(alliance_id))
    rates.count(CODE_ALLIANCE_DAY, str(alliance_id))


def _make_and_send(request: Request, alliance_id: int, contact: str, asked_in: Lang) -> None:
    alliances: Alliances = request.app.state.alliances
    secret = alliances.get(alliance_id).programme.secret
    with alliances.database.engine.connect() as connection:
        recipient = find_recipient(connection, alliance_id, contact)
    try:
        if recipient is not None:
            _check_caps(request, alliance_id, contact, recipient.member)
    except TooManyRequests as error:
        log.warning("no code sent: alliance %s has reached the limit %s", alliance_id, error.policy)
        return
    try:
        with alliances.database.engine.begin() as connection:
            member = None if recipient is None else recipient.member
            code = issue_code(connection, alliance_id, secret, contact, member, alliances.clock())
    except IntegrityError:
        # Another request for this contact came at the same moment, and its code is on the way.
        return
    if recipient is not None:
        name = alliance_name(request, alliance_id)
        subject, text = code_message(name, code, CODE_MINUTES, recipient.language or asked_in)
        send_or_log(request.app.state.messenger, contact, subject, text)
