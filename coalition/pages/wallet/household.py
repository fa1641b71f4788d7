"""Share points with those one lives with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.households.answer_invitation import answer_invitation
from coalition.households.create_household import create_household
from coalition.households.invite_to_household import invite_to_household
from coalition.households.leave_household import leave_household
from coalition.households.store import Invitation, open_invitations
from coalition.locale.messages import N_
from coalition.members.log_in import find_recipient, read_contact
from coalition.members.member import MemberRecord
from coalition.members.store import find_member, household_members, resolve_merged
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember, MemberVisit
from settlement import NamedFact

HERE = "/wallet/household"
NOBODY = N_("Nobody here has this number or address yet. Ask them to join first.")
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class HouseholdPage(Page):
    """The member's household and its members, and invitations to others' with the name of who invites.

    `invited` says that somebody has just been.
    """

    member: str
    household: str | None
    mates: list[MemberRecord]
    invitations: list[tuple[Invitation, str]]
    invited: bool = False
    contact: str = ""
    problem: str = ""


@router.get("")
def household(own: AsMember, invited: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002
    """Who shares with whom."""
    return show(own.visit, _page(own, invited=invited))


@router.post("")
def create(own: AsMember) -> Response:
    """Begin a household."""
    return _done(own, lambda: create_household(own.alliance, own.member))


@router.post("/invite")
def invite(own: AsMember, contact: Annotated[str, Form(min_length=3, max_length=200)]) -> Response:
    """Invite whoever has a contact."""
    parsed = read_contact(own.alliance, contact)
    with own.alliance.database.engine.connect() as connection:
        mine = resolve_merged(connection, own.alliance.id, own.member).household
        guest = find_recipient(connection, own.alliance.id, parsed)
    if guest is None:
        return show(own.visit, _page(own, contact, own.visit.say(NOBODY)), 422)
    return _done(
        own, lambda: invite_to_household(own.alliance, mine or "", own.member, guest.member), contact, "?invited=yes"
    )


@router.post("/answer")
def answer(
    own: AsMember,
    invitation: Annotated[str, Form(max_length=100)],
    answer: Annotated[Literal["yes", "no"], Form()],
) -> Response:
    """Join, or decline."""
    return _done(own, lambda: answer_invitation(own.alliance, invitation, own.member, accepted=answer == "yes"))


@router.post("/leave")
def leave(own: AsMember) -> Response:
    """Leave, with one's own points."""
    with own.alliance.database.engine.connect() as connection:
        mine = resolve_merged(connection, own.alliance.id, own.member).household
    return _done(own, lambda: leave_household(own.alliance, mine or "", own.member))


def _done(own: MemberVisit, act: Callable[[], object], contact: str = "", outcome: str = "") -> Response:
    try:
        act()
    except NamedFact as error:
        return show(own.visit, _page(own, contact, own.visit.explain(error)), error.error_kind.status)
    return RedirectResponse(f"{HERE}{outcome}", 303)


def _page(own: MemberVisit, contact: str = "", problem: str = "", *, invited: bool = False) -> HouseholdPage:
    with own.alliance.database.engine.connect() as connection:
        me = resolve_merged(connection, own.alliance.id, own.member)
        mates = [] if me.household is None else household_members(connection, own.alliance.id, me.household)
        invitations = open_invitations(connection, own.alliance.id, me.id, own.alliance.clock())
        hosts = [find_member(connection, own.alliance.id, each.invited_by) for each in invitations]
    names = ["" if host is None else host.profile.name or "" for host in hosts]
    asked = list(zip(invitations, names, strict=True))
    return HouseholdPage(me.id, me.household, mates, asked, invited, contact, problem)
