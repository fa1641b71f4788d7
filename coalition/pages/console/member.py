"""A member as the alliance sees them: what they have, what happened; freezing, merging, erasing, correcting."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.events.event import Event
from coalition.feed.member_history import history
from coalition.feed.point_changes import own_changes
from coalition.locale.name_order import name_order
from coalition.members.errors import MemberUnknown
from coalition.members.member import MemberState, Person
from coalition.members.merge_member import merge_member
from coalition.members.set_member_state import set_member_state
from coalition.members.store import person, resolve_merged
from coalition.merchants.list_shops import list_shops
from coalition.merchants.shop_status import MAY_ISSUE
from coalition.pages.console.correction import TypedPoints, TypedReason, correct_points
from coalition.pages.console.members import find_by_words
from coalition.pages.console.posting import PostingName, event_name
from coalition.pages.console.sections import MEMBERS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, Ref
from coalition.wallets.wallet import MemberWallet, wallet_of
from coalition.web.erase_person import erase_person
from settlement import NamedFact

router = PageRouter("/console/members/{member}")
Helper = Annotated[StaffVisit, Depends(admit(MEMBERS.roles))]
HISTORY_MOST = 30


@dataclass(frozen=True, slots=True)
class MemberPage(ConsolePage):
    """A member, with the newest of what happened, each linked to its posting, and by how many points it changed theirs.

    `shops` are those that may give points, `key` is that of the next correction.
    """

    person: Person
    wallet: MemberWallet
    events: list[tuple[Event, PostingName, int]]
    names: dict[str, str]
    shops: list[tuple[str, str]]
    key: str
    done: str = ""
    problem: str = ""
    section: Section = MEMBERS


@router.get("")
def member(staff: Helper, member: Ref, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The member."""
    return _show(staff, member, done=done)


@router.post("/freeze")
def freeze(staff: Helper, member: Ref) -> Response:
    """They neither earn nor spend, and are logged out."""
    return _set_state(staff, member, MemberState.FROZEN)


@router.post("/unfreeze")
def unfreeze(staff: Helper, member: Ref) -> Response:
    """They earn and spend again."""
    return _set_state(staff, member, MemberState.ACTIVE)


@router.post("/correct")
def correct(
    staff: Helper,
    member: Ref,
    key: FormKey,
    shop: Annotated[str, Form(max_length=100)],
    points: TypedPoints,
    reason: TypedReason,
) -> Response:
    """Give points as goodwill, at a shop's expense; above what one person may do alone another one approves."""
    try:
        return correct_points(staff, key, shop, member, points, reason)
    except NamedFact as error:
        return _show(staff, member, staff.visit.explain(error), error.error_kind.status)


@router.post("/merge")
def merge(
    staff: Helper,
    member: Ref,
    into: Annotated[str, Form(max_length=254)],
    sure: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """The member is the same person as another one, whose id, number or address was typed: their points go there."""
    try:
        _named(staff, into)
        if sure != "yes":
            return _show(
                staff, member, staff.visit.beside("sure", staff.visit.say("Tick the box if you are sure.")), 422
            )
        kept = merge_member(staff.alliance, staff.approvals, staff.caller, member, _named(staff, into))
    except NamedFact as error:
        return _show(staff, member, staff.visit.explain(error), error.error_kind.status)
    staff.visit.forget_callers()
    return RedirectResponse(f"/console/members/{kept}?done=merged", 303)


@router.post("/erase")
def erase(
    staff: Helper, background: BackgroundTasks, member: Ref, sure: Annotated[str, Form(max_length=10)] = ""
) -> Response:
    """Delete what is known of the person; the moves stay under an id that stands for nobody."""
    if sure != "yes":
        return _show(staff, member, staff.visit.say("Tick the box if you are sure."), 422)
    try:
        erase_person(staff.visit.request, background, staff.caller, member)
    except NamedFact as error:
        return _show(staff, member, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse("/console/members?done=erased", 303)


def _named(staff: StaffVisit, typed: str) -> str:
    """The id of the member whom somebody named by id, number or address. Raises MemberUnknown, ContactInvalid."""
    named = find_by_words(staff, typed)
    if named is None:
        raise MemberUnknown(typed.strip())
    return named.id


def _set_state(staff: StaffVisit, member: str, state: MemberState) -> Response:
    set_member_state(staff.alliance, staff.caller, member, state)
    staff.visit.forget_callers()
    return RedirectResponse(f"/console/members/{member}?done={state}", 303)


def _show(staff: StaffVisit, id_: str, problem: str = "", code: int = 200, *, done: str = "") -> HTMLResponse:
    alliance = staff.alliance
    with alliance.database.engine.connect() as connection:
        details = person(connection, alliance.id, resolve_merged(connection, alliance.id, id_))
        wallet = wallet_of(alliance, connection, details.member.id)
    shops = [
        (shop.ref, shop.profile.name_in(staff.visit.lang)) for shop in list_shops(alliance) if shop.status in MAY_ISSUE
    ]
    events = history(alliance, id_, HISTORY_MOST)
    changes = own_changes(alliance, id_, events)
    page = MemberPage(
        person=details,
        wallet=wallet,
        events=[
            (event, name, changes[event.seq]) for event in events if (name := event_name(alliance, event)) is not None
        ],
        names=staff.names(),
        shops=sorted(shops, key=lambda shop: name_order(shop[1])),
        key=token_hex(16),
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)
