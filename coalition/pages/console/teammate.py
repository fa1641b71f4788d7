"""Somebody of the team: who they are, what they may do; changing that, disabling them, letting them in anew."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import BackgroundTasks, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import SHOP_STAFF, STAFF, Role
from coalition.access.change_user import UserChange
from coalition.access.user import User, may_manage
from coalition.locale.formats import Lang
from coalition.pages.console.roles import ROLES
from coalition.pages.console.sections import TEAM, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref, typed_text
from coalition.web.people import change_person, find_person, reset_person
from settlement import NamedFact

router = PageRouter("/console/team/{person}")
Staff = Annotated[StaffVisit, Depends(admit(TEAM.roles))]
Manager = Annotated[StaffVisit, Depends(admit({Role.OWNER, Role.MANAGER}))]


@dataclass(frozen=True, slots=True)
class TeammatePage(ConsolePage):
    """A user. `roles` are those that they may be given; `may_change` is whether the visitor may."""

    person: User
    shop: str
    word: str
    roles: dict[Role, str]
    may_change: bool
    is_self: bool
    sends_mail: bool
    done: str = ""
    problem: str = ""
    section: Section = TEAM


@router.get("")
def teammate(staff: Staff, person: Ref, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """One of them."""
    return _show(staff, person, done=done)


@router.post("/change")
def change(
    staff: Manager,
    background: BackgroundTasks,
    person: Ref,
    name: Annotated[str, Form(max_length=100)],
    email: Annotated[str, Form(max_length=254)],
    role: Annotated[Role, Form()],
    language: Annotated[Lang, Form()],
) -> Response:
    """Name, address, role, the language of messages."""
    current = find_person(staff.visit.request, staff.caller, person)
    try:
        wanted = UserChange(
            email=_other(typed_text("email", email), current.email),
            name=_other(typed_text("name", name), current.name),
            role=role if role is not current.role else None,
            language=language if language != current.language else None,
        )
    except FieldWrong as error:
        return _refused(staff, person, error)
    return _change(staff, background, person, wanted, "saved")


@router.post("/state")
def set_state(
    staff: Manager, background: BackgroundTasks, person: Ref, state: Annotated[Literal["disabled", "enabled"], Form()]
) -> Response:
    """Let them log in no more, or again."""
    return _change(staff, background, person, UserChange(disabled=state == "disabled"), state)


@router.post("/invite")
def invite_again(staff: Manager, background: BackgroundTasks, person: Ref) -> Response:
    """End whatever lets them in, and send another invitation."""
    try:
        reset_person(background, staff.visit.request, staff.caller, person)
    except NamedFact as error:
        return _refused(staff, person, error)
    return _done(person, "invited")


def _change(staff: StaffVisit, background: BackgroundTasks, person: str, wanted: UserChange, done: str) -> Response:
    try:
        change_person(background, staff.visit.request, staff.caller, person, wanted)
    except NamedFact as error:
        return _refused(staff, person, error)
    return _done(person, done)


def _other(typed: str, current: str | None) -> str | None:
    """What was typed where it is not what there is."""
    return None if typed == current else typed


def _done(person: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/console/team/{person}?done={what}", 303)


def _refused(staff: StaffVisit, person: str, error: NamedFact) -> HTMLResponse:
    return _show(staff, person, staff.visit.explain(error), error.error_kind.status)


def _show(staff: StaffVisit, id_: str, problem: str = "", code: int = 200, *, done: str = "") -> HTMLResponse:
    person = find_person(staff.visit.request, staff.caller, id_)
    same_side = SHOP_STAFF if person.role in SHOP_STAFF else STAFF
    page = TeammatePage(
        person=person,
        shop="" if person.shop is None else staff.names().get(person.shop, person.shop),
        word=ROLES[person.role],
        roles={role: word for role, word in ROLES.items() if role in same_side},
        may_change=staff.caller.role in (Role.OWNER, Role.MANAGER)
        and may_manage(staff.caller, person.role, person.shop),
        is_self=person.subject == staff.caller.id,
        sends_mail=staff.sends_mail,
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)
