"""Members log in: a one-time code to a phone number or an e-mail address that the alliance knows."""

import logging
from functools import partial

from fastapi import BackgroundTasks, Request, Response
from sqlalchemy.exc import IntegrityError

from coalition.access.errors import LogInRefused, TooManyRequests
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
from coalition.jobs.job import WorkSettings
from coalition.locale.formats import Lang
from coalition.members.log_in import check_may_log_in, find_recipient, read_contact
from coalition.messaging.messenger import send_or_log
from coalition.web.begin_session import BegunSession, begin_session
from coalition.web.log_in_guard import Owner, guesses_counted
from coalition.web.request import address_of, alliance_name

DEFAULT_LANGUAGE: Lang = "en"
log = logging.getLogger("coalition.access")


def send_member_code(
    request: Request, background: BackgroundTasks, alliance_id: int | None, typed: str, asked_in: Lang
) -> None:
    """Send a member a code, once the answer is out. Does alike, and before it looks, whether anybody has this contact.

    `asked_in` is the language of the message to those who never chose one. Raises TooManyRequests.
    """
    rates: SharedRates = request.app.state.log_in_rates
    address = address_of(request)
    rates.take(CODE_ADDRESS, address)
    rates.count(CODE_ADDRESS_DAY, address)
    contact = _read(request, alliance_id, typed)
    rates.take(CODE_CONTACT, f"{alliance_id}:{contact}")
    rates.count(CODE_CONTACT_DAY, f"{alliance_id}:{contact}")
    if alliance_id is not None:
        background.add_task(_make_and_send, request, alliance_id, contact, asked_in)


def log_in_by_code(
    request: Request, alliance_id: int | None, typed: str, code: str, cookie: Response | None
) -> BegunSession:
    """Begin a session with the code that was sent to a contact. A code counts once, and a wrong one costs a try.

    Raises LogInRefused, TooManyRequests, ForeignPage.
    """
    alliances: Alliances = request.app.state.alliances
    rates: SharedRates = request.app.state.log_in_rates
    rates.take(LOG_IN_ADDRESS, address_of(request))
    if alliance_id is None:
        raise LogInRefused
    contact = _read(request, alliance_id, typed)
    now = alliances.clock()
    secret = alliances.get(alliance_id).programme.secret
    with guesses_counted(request, alliance_id, contact, partial(_owner, alliances, alliance_id, contact)):
        # A transaction of its own: a wrong code costs a try, whatever comes after.
        with alliances.database.engine.begin() as connection:
            member = redeem_code(connection, alliance_id, secret, contact, code, now)
        if member is None:
            raise LogInRefused
    with alliances.database.engine.begin() as connection:
        check_may_log_in(connection, alliance_id, member)
        return begin_session(request, connection, member_caller(alliance_id, member), now, "code", cookie)


def _owner(alliances: Alliances, alliance_id: int, contact: str) -> Owner | None:
    """The member who logs in with a contact."""
    with alliances.database.engine.connect() as connection:
        recipient = find_recipient(connection, alliance_id, contact)
    return None if recipient is None else Owner(contact, recipient.language or DEFAULT_LANGUAGE)


def _read(request: Request, alliance_id: int | None, typed: str) -> str:
    """The contact as the alliance writes it, whoever has it: a code is bound to the number and not to its typing."""
    alliances: Alliances = request.app.state.alliances
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
