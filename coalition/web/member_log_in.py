"""Members log in, and whoever wants to joins: a one-time code to a phone number or an e-mail address."""

from dataclasses import replace
from functools import partial
from typing import NamedTuple

from fastapi import BackgroundTasks, Request, Response

from coalition.access.errors import LogInRefused
from coalition.access.member_code import member_caller, redeem_code
from coalition.access.rate_limits import CODE_DEVICE, MEMBER_LOG_IN_ADDRESS, MEMBER_LOG_IN_DEVICE, Policy
from coalition.access.shared_rate_limits import SharedRates
from coalition.alliance import Alliance
from coalition.jobs.job import WorkSettings
from coalition.locale.formats import Lang
from coalition.members.enrol_member import Enrolled
from coalition.members.join import JoinRequest, join
from coalition.members.log_in import check_may_log_in, find_recipient, read_contact
from coalition.members.send_code import CodeSender
from coalition.web.begin_session import BegunSession, begin_session
from coalition.web.cookies import device_of
from coalition.web.log_in_guard import Owner, guesses_counted
from coalition.web.request import address_of, alliance_of

DEFAULT_LANGUAGE: Lang = "en"


def send_member_code(
    request: Request, background: BackgroundTasks, alliance_id: int | None, typed: str, asked_in: Lang
) -> None:
    """Send a member a code, once the answer is out. Does alike, and before it looks, whether anybody has this contact.

    `asked_in` is the language of the message to those who never chose one. Raises TooManyRequests.
    """
    sender, contact = _counted(request, alliance_id, typed)
    if alliance_id is not None:
        background.add_task(sender.send_to_member, alliance_of(request, alliance_id), contact, asked_in)


def send_join_code(
    request: Request, background: BackgroundTasks, alliance_id: int | None, typed: str, asked_in: Lang
) -> None:
    """Send a code to whoever has a contact, to join with, or to log in with where it is a member's.

    Raises TooManyRequests.
    """
    sender, contact = _counted(request, alliance_id, typed)
    if alliance_id is not None:
        background.add_task(sender.send_to_anybody, alliance_of(request, alliance_id), contact, asked_in)


def log_in_by_code(
    request: Request, alliance_id: int | None, typed: str, code: str, cookie: Response | None
) -> BegunSession:
    """Begin a session with the code that was sent to a contact. A code counts once, and a wrong one costs a try.

    Raises LogInRefused, TooManyRequests, ForeignPage.
    """
    alliance, contact = _may_try(request, alliance_id, typed)
    secret, now = alliance.programme.secret, alliance.machine_clock()
    with guesses_counted(request, alliance.id, contact, partial(_owner, alliance, contact)):
        # A transaction of its own: a wrong code costs a try, whatever comes after.
        with alliance.database.engine.begin() as connection:
            redeemed = redeem_code(connection, alliance.id, secret, contact, code, now)
        if isinstance(redeemed, LogInRefused):
            raise redeemed
        if redeemed.member is None:
            raise LogInRefused
    return _begun(request, alliance, redeemed.member, cookie)


def code_sender(request: Request) -> CodeSender:
    """What sends codes, with the counters of this server."""
    state = request.app.state
    settings: WorkSettings = state.work_settings
    return CodeSender(state.log_in_rates, state.messenger, settings.sms_per_day_max)


class BegunMembership(NamedTuple):
    """The session of whoever joined, and whether they were nobody's member before."""

    begun: BegunSession
    enrolled: Enrolled


def join_by_code(
    request: Request, alliance_id: int | None, wanted: JoinRequest, cookie: Response | None
) -> BegunMembership:
    """Join with the code that was sent to a contact, or log in where it is a member's.

    Raises TermsNeeded, LogInRefused, TooManyRequests, ForeignPage.
    """
    alliance, contact = _may_try(request, alliance_id, wanted.contact)
    with guesses_counted(request, alliance.id, contact, partial(_owner, alliance, contact)):
        enrolled = join(alliance, replace(wanted, contact=contact))
    return BegunMembership(_begun(request, alliance, enrolled.member, cookie), enrolled)


def _begun(request: Request, alliance: Alliance, member: str, cookie: Response | None) -> BegunSession:
    now = alliance.machine_clock()
    with alliance.database.engine.begin() as connection:
        check_may_log_in(connection, alliance.id, member)
        return begin_session(request, connection, member_caller(alliance.id, member), now, "code", cookie)


def _counted(request: Request, alliance_id: int | None, typed: str) -> tuple[CodeSender, str]:
    """Count a request for a code; what sends it, and the contact as the alliance writes it. Raises TooManyRequests."""
    sender = code_sender(request)
    _count_device(request, CODE_DEVICE)
    sender.count_address(address_of(request))
    contact = typed if alliance_id is None else read_contact(alliance_of(request, alliance_id), typed)
    sender.count_contact(alliance_id, contact)
    return sender, contact


def _count_device(request: Request, policy: Policy) -> None:
    """Count to the browser, before anything counts to the address that it shares. Raises TooManyRequests."""
    rates: SharedRates = request.app.state.log_in_rates
    device = device_of(request)
    if device is not None:
        rates.take(policy, device)


def _may_try(request: Request, alliance_id: int | None, typed: str) -> tuple[Alliance, str]:
    """The alliance and the contact of a log-in, which counts to its address. Raises LogInRefused, TooManyRequests."""
    rates: SharedRates = request.app.state.log_in_rates
    _count_device(request, MEMBER_LOG_IN_DEVICE)
    rates.take(MEMBER_LOG_IN_ADDRESS, address_of(request))
    if alliance_id is None:
        raise LogInRefused
    alliance = alliance_of(request, alliance_id)
    return alliance, read_contact(alliance, typed)


def _owner(alliance: Alliance, contact: str) -> Owner | None:
    """The member who logs in with a contact."""
    with alliance.database.engine.connect() as connection:
        recipient = find_recipient(connection, alliance.id, contact)
    return None if recipient is None else Owner(contact, recipient.language or DEFAULT_LANGUAGE)
