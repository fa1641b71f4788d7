"""Members: one box to find somebody by name, number, address or id; and all of them, the newest first."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.members.contacts import contacts
from coalition.members.errors import ContactInvalid
from coalition.members.find_by_name import members_by_name
from coalition.members.member import MemberRecord, MemberState
from coalition.members.member_cache import member_cache
from coalition.members.store import member_after_merges, members_by_contacts, page_of_members
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.sections import MEMBERS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter

router = PageRouter("/console/members")
Helper = Annotated[StaffVisit, Depends(admit(MEMBERS.roles))]
State = Literal["", "active", "frozen"]
A_PAGE = 30


@dataclass(frozen=True, slots=True)
class MembersPage(ConsolePage):
    """Members in a state, where one is asked for. `before` is where the next page begins; empty on the last.

    `by_name` is whether they are those in whose name stands what was `typed`; `more` whether there are others too.
    """

    state: State
    members: list[MemberRecord]
    before: str
    typed: str = ""
    problem: str = ""
    done: str = ""
    by_name: bool = False
    more: bool = False
    section: Section = MEMBERS


@router.get("")
def members(
    staff: Helper,
    state: Annotated[State, Query()] = "",
    before: Place = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """All of them."""
    return _show(staff, state, before, done=done)


@router.post("/search")
def search(staff: Helper, typed: Annotated[str, Form(max_length=254)]) -> Response:
    """Go to whom a name, a number, an address or an id belongs to; or show all who have that name.

    Sent as a form, so that nobody's name or contact gets into a log.
    """
    named = None
    with suppress(ContactInvalid):
        named = find_by_words(staff, typed)
    if named is not None:
        return RedirectResponse(f"/console/members/{named.id}", 303)
    with staff.alliance.database.engine.connect() as connection:
        rows = members_by_name(connection, staff.alliance.id, typed, A_PAGE + 1) if typed.strip() else []
    if len(rows) == 1:
        return RedirectResponse(f"/console/members/{rows[0].id}", 303)
    if rows:
        page = MembersPage("", rows[:A_PAGE], "", typed, by_name=True, more=len(rows) > A_PAGE)
        return show(staff.visit, page)
    problem = staff.visit.beside("typed", staff.visit.say("No member has this name, number, address or id."))
    return _show(staff, typed=typed, problem=problem, code=404)


def find_by_words(staff: StaffVisit, typed: str) -> MemberRecord | None:
    """Whom a number, an address or an id belongs to, also after merges. Raises what `contacts` does."""
    alliance, text = staff.alliance, typed.strip()
    with alliance.database.engine.connect() as connection:
        by_id = member_after_merges(connection, alliance.id, text) if text else None
        if by_id is not None:
            return by_id
        phone, email = (None, text) if "@" in text else (text or None, None)
        wanted = contacts(phone, email, member_cache(alliance).settings.region)
        ids = members_by_contacts(connection, alliance.id, wanted)
        return None if not ids else member_after_merges(connection, alliance.id, ids[0])


def _show(
    staff: StaffVisit,
    state: State = "",
    before: str = "",
    typed: str = "",
    problem: str = "",
    code: int = 200,
    done: str = "",
) -> HTMLResponse:
    with staff.alliance.database.engine.connect() as connection:
        rows = page_of_members(
            connection,
            staff.alliance.id,
            MemberState(state) if state else None,
            row_before(before),
            A_PAGE + 1,
        )
    listed, onward = split_page(rows, A_PAGE, lambda member: (member.created_at, member.id))
    return show(staff.visit, MembersPage(state, listed, onward, typed, problem, done), code)
