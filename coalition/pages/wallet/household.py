"""Share points with those one lives with."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.households.answer_invitation import answer_invitation
from coalition.households.create_household import create_household
from coalition.households.invite_to_household import invite_to_household
from coalition.households.leave_household import leave_household
from coalition.households.store import Invitation, open_invitations, sent_invitations
from coalition.households.withdraw_invitation import withdraw_invitation
from coalition.locale.messages import N_
from coalition.members.contacts import masked
from coalition.members.log_in import find_recipient, is_contact, read_contact
from coalition.members.mates import household_members
from coalition.members.member import MemberRecord
from coalition.members.store import contacts_of, find_member, resolve_merged
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import NO_CONTACT
from coalition.pages.visit import AsMember, MemberVisit
from coalition.pages.wallet.own_words import explain_own
from settlement import NamedFact

HERE = "/wallet/household"
InvitationId = Annotated[str, Form(max_length=100)]
NOBODY = N_("Nobody here has this number or address yet. Ask them to join first.")
Done = Literal["", "created", "invited", "withdrawn", "joined", "declined", "left"]
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class HouseholdPage(Page):
    """The member's household and its members, and invitations to others' with who invites: their name, if they
    gave one, and enough of their contacts to be known by.

    `sent` are those of the member's own that nobody has answered. `done` is what has just happened, and `leaving` asks
    whether they really want to leave.
    """

    member: str
    household: str | None
    mates: list[MemberRecord]
    invitations: list[tuple[Invitation, str]]
    sent: list[Invitation]
    done: Done = ""
    contact: str = ""
    problem: str = ""
    leaving: bool = False


@router.get("")
def household(own: AsMember, done: Annotated[Done, Query()] = "") -> HTMLResponse:
    """Who shares with whom."""
    return show(own.visit, _page(own, done=done))


@router.post("")
def create(own: AsMember) -> Response:
    """Begin a household."""
    return _done(own, lambda: create_household(own.alliance, own.member), "created")


@router.post("/invite")
def invite(own: AsMember, contact: Annotated[str, Form(max_length=200)] = "") -> Response:
    """Invite whoever has a contact."""
    if not is_contact(own.alliance, contact):
        return show(own.visit, _page(own, contact, own.visit.say(NO_CONTACT)), 422)
    parsed = read_contact(own.alliance, contact)
    with own.alliance.database.engine.connect() as connection:
        mine = resolve_merged(connection, own.alliance.id, own.member).household
        guest = find_recipient(connection, own.alliance.id, parsed)
    if guest is None:
        return show(own.visit, _page(own, contact, own.visit.say(NOBODY)), 422)
    return _done(
        own,
        lambda: invite_to_household(own.alliance, mine or "", own.member, guest.member, parsed),
        "invited",
        contact,
    )


@router.post("/withdraw")
def withdraw(own: AsMember, invitation: InvitationId) -> Response:
    """Take an invitation back."""
    with own.alliance.database.engine.connect() as connection:
        me = resolve_merged(connection, own.alliance.id, own.member).id
    return _done(own, lambda: withdraw_invitation(own.alliance, invitation, me), "withdrawn")


@router.post("/answer")
def answer(
    own: AsMember,
    invitation: InvitationId,
    answer: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Join, or decline."""
    accepted = answer == "yes"
    return _done(
        own,
        lambda: answer_invitation(own.alliance, invitation, own.member, accepted=accepted),
        "joined" if accepted else "declined",
    )


@router.get("/leave")
def ask(own: AsMember) -> Response:
    """What it means to leave, before it is done; whoever shares with nobody has nothing to leave."""
    page = _page(own)
    if page.household is None:
        return RedirectResponse(HERE, 303)
    return show(own.visit, replace(page, leaving=True))


@router.post("/leave")
def leave(own: AsMember) -> Response:
    """Leave, with one's own points."""
    with own.alliance.database.engine.connect() as connection:
        mine = resolve_merged(connection, own.alliance.id, own.member).household
    return _done(own, lambda: leave_household(own.alliance, mine or "", own.member), "left")


def _done(own: MemberVisit, act: Callable[[], object], done: Done, contact: str = "") -> Response:
    try:
        act()
    except NamedFact as error:
        return show(own.visit, _page(own, contact, explain_own(own, error)), error.error_kind.status)
    return RedirectResponse(f"{HERE}?done={done}", 303)


def _page(own: MemberVisit, contact: str = "", problem: str = "", *, done: Done = "") -> HouseholdPage:
    now = own.alliance.clock()
    with own.alliance.database.engine.connect() as connection:
        me = resolve_merged(connection, own.alliance.id, own.member)
        mates = [] if me.household is None else household_members(connection, own.alliance.id, me.household)
        invitations = open_invitations(connection, own.alliance.id, me.id, now)
        waiting = [] if me.household is None else sent_invitations(connection, own.alliance.id, me.household, now)
        hosts = [find_member(connection, own.alliance.id, each.invited_by) for each in invitations]
        reached = [contacts_of(connection, own.alliance.id, each.invited_by) for each in invitations]
    names = ["" if host is None else host.profile.name or "" for host in hosts]
    known = [" · ".join(filter(None, [name, *map(masked, ways)])) for name, ways in zip(names, reached, strict=True)]
    asked = list(zip(invitations, known, strict=True))
    sent = [each for each in waiting if each.invited_by == me.id]
    return HouseholdPage(me.id, me.household, mates, asked, sent, done, contact, problem)
