"""The team: the people of the alliance and of its shops, and inviting somebody."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated

from fastapi import BackgroundTasks, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import SHOP_STAFF, STAFF, Role
from coalition.access.user import User
from coalition.access.user_store import list_users
from coalition.errors import NotFound
from coalition.pages.console.roles import ROLES
from coalition.pages.console.sections import TEAM, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import NewFormKey, typed_choice, typed_text
from coalition.staff.invite_user import Invitee
from coalition.web.people import invite_person
from settlement import NamedFact, Phrase

router = PageRouter("/console/team")
Staff = Annotated[StaffVisit, Depends(admit(TEAM.roles))]
Inviter = Annotated[StaffVisit, Depends(admit({Role.OWNER, Role.MANAGER}))]
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class TeamPage(ConsolePage):
    """People by e-mail address. `after` is where the next page begins; empty on the last.

    `roles` are those that the visitor may invite people in, `shops` their shops. Who does not look at the list of roles
    invites in the `least` of them.
    """

    people: list[User]
    after: str
    names: dict[str, str]
    roles: dict[Role, str]
    shops: list[tuple[str, str]]
    words: dict[Role, str]
    least: Role
    key: str
    problem: str = ""
    section: Section = TEAM


@router.get("")
def team(
    staff: Staff,
    after: Annotated[str, Query(pattern=r"^(usr_\w{1,60}:.{1,254})?$")] = "",
) -> HTMLResponse:
    """All of them; a manager's are the shop's own."""
    return _show(staff, after)


@router.post("")
def invite(
    staff: Inviter,
    background: BackgroundTasks,
    name: Annotated[str, Form(max_length=100)],
    email: Annotated[str, Form(max_length=254)],
    role: Annotated[Role, Form()],
    shop: Annotated[str, Form(max_length=100)] = "",
    key: NewFormKey = "",
) -> Response:
    """Send somebody an invitation by e-mail."""
    try:
        where = (staff.shop or typed_choice("shop", shop)) if role in SHOP_STAFF else None
        if where is not None and where not in dict(staff.shops()):
            raise NotFound(Phrase("shop"), where)
        invitee = Invitee(typed_text("email", email), typed_text("name", name), role, where, staff.visit.lang)
        person = invite_person(background, staff.visit.request, staff.caller, invitee, key)
    except NamedFact as error:
        return _show(staff, problem=staff.visit.explain(error), code=error.error_kind.status)
    return RedirectResponse(f"/console/team/{person.id}?done=invited", 303)


def _show(staff: StaffVisit, after: str = "", problem: str = "", code: int = 200) -> HTMLResponse:
    id_, _, email = after.partition(":")
    alliance, may_invite = staff.alliance, staff.caller.role in (Role.OWNER, Role.MANAGER)
    with alliance.database.engine.connect() as connection:
        rows = list_users(connection, alliance.id, staff.shop, (email, id_) if after else None, A_PAGE + 1)
    last = rows[A_PAGE - 1] if len(rows) > A_PAGE else None
    least = Role.SUPPORT if staff.shop is None else Role.CASHIER
    managed = SHOP_STAFF if staff.shop is not None else STAFF | SHOP_STAFF
    page = TeamPage(
        people=rows[:A_PAGE],
        after="" if last is None else f"{last.id}:{last.email}",
        names=staff.names(),
        roles={role: word for role, word in ROLES.items() if role in managed} if may_invite else {},
        shops=staff.shops(),
        words=dict(ROLES),
        least=least,
        key=token_hex(16),
        problem=problem,
    )
    return show(staff.visit, page, code)
