"""What takes two people: requests that wait, those that were decided, and deciding one."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import Role
from coalition.approvals.approval import Approval, ApprovalStatus, Payload
from coalition.approvals.second_people import SecondPerson, second_people, users_of
from coalition.approvals.store import list_approvals
from coalition.errors import NotFound
from coalition.pages.console.approval_words import ACTIONS, RequestRow, rows_of
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.people import invite_command, names_of_people
from coalition.pages.console.sections import APPROVALS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from settlement import NamedFact, Phrase

router = PageRouter("/console/approvals")
Staff = Annotated[StaffVisit, Depends(admit(APPROVALS.roles))]
Which = Literal["pending", "all"]
A_PAGE = 20
REASON_CHARS_MAX = 500


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """A request with its data in words. `own` is whether the visitor asked for it.

    `others` are those who may approve one of the visitor's own while it waits; `command` is what whoever looks after
    the server does where nobody may: it `invites` whom the request is about, or else adds a second owner.
    """

    approval: Approval
    title: str
    rows: list[RequestRow]
    asked_by: str
    decided_by: str
    own: bool
    can_decide: bool
    others: list[SecondPerson]
    invites: bool
    command: str


@dataclass(frozen=True, slots=True)
class ApprovalsPage(ConsolePage):
    """Requests, the newest first. `before` is where the next page begins; empty on the last."""

    which: Which
    requests: list[ListedRequest]
    before: str
    done: str = ""
    problem: str = ""
    section: Section = APPROVALS


@router.get("")
def approvals(
    staff: Staff,
    status: Annotated[Which, Query()] = "pending",
    before: Place = "",
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """Those that wait, or all."""
    return _show(staff, status, before, done)


@router.post("/{approval}/approve")
def approve(staff: Staff, approval: Ref) -> Response:
    """Approve it, and carry it out."""
    book = staff.approvals
    try:
        decided = book.approve(staff.caller, _to_decide(staff, approval))
    except NamedFact as error:
        return _show(staff, "pending", problem=staff.visit.explain(error), code=error.error_kind.status)
    return RedirectResponse(f"/console/approvals?done={decided.status}", 303)


@router.post("/{approval}/reject")
def reject(
    staff: Staff, approval: Ref, reason: Annotated[str, Form(min_length=1, max_length=REASON_CHARS_MAX)]
) -> Response:
    """Carry nothing out."""
    book = staff.approvals
    try:
        book.reject(staff.caller, _to_decide(staff, approval), reason)
    except NamedFact as error:
        return _show(staff, "pending", problem=staff.visit.explain(error), code=error.error_kind.status)
    return RedirectResponse("/console/approvals?done=rejected", 303)


@router.post("/{approval}/withdraw")
def withdraw(staff: Staff, approval: Ref) -> Response:
    """Take an own request back."""
    book = staff.approvals
    try:
        existing = book.find_visible(staff.caller, approval)
        if existing is None:
            raise NotFound(Phrase("approval"), approval)
        book.withdraw(staff.caller, existing)
    except NamedFact as error:
        return _show(staff, "pending", problem=staff.visit.explain(error), code=error.error_kind.status)
    return RedirectResponse("/console/approvals?done=withdrawn", 303)


def _to_decide(staff: StaffVisit, id_: str) -> Approval:
    """A request that the visitor may decide on. Raises NotFound and ApprovalNotDecidable."""
    approval = staff.approvals.find_to_decide(staff.caller, id_)
    if approval is None:
        raise NotFound(Phrase("approval"), id_)
    return approval


def _show(
    staff: StaffVisit, which: Which, before: str = "", done: str = "", problem: str = "", code: int = 200
) -> HTMLResponse:
    status = ApprovalStatus.PENDING if which == "pending" else None
    with staff.alliance.database.engine.connect() as connection:
        rows = list_approvals(
            connection,
            staff.alliance.id,
            status,
            row_before(before),
            A_PAGE + 1,
            staff.alliance.machine_clock(),
            staff.shop,
        )
    people, shops = names_of_people(staff), staff.names()
    listed, onward = split_page(rows, A_PAGE, lambda approval: (approval.requested_at, approval.id))
    able = _able(staff, listed)
    requests = [_in_words(staff, row, people, shops, able.get(row.id, [])) for row in listed]
    return show(staff.visit, ApprovalsPage(which, requests, onward, done, problem), code)


def _able(staff: StaffVisit, approvals: list[Approval]) -> dict[str, list[SecondPerson]]:
    """Who may approve each request of the visitor's own that waits, by its id: of others' only they are told."""
    own = [each for each in approvals if each.requested_by == staff.caller.id and each.status is ApprovalStatus.PENDING]
    able: dict[str, list[SecondPerson]] = {}
    if not own:
        return able
    with staff.alliance.database.engine.connect() as connection:
        users = users_of(connection, staff.alliance.id)
        for approval in own:
            action = staff.approvals.action(approval.action)
            if action is not None:
                deciders = [each for each in users if each.role in action.deciders]
                able[approval.id] = second_people(connection, approval, deciders, staff.alliance.machine_clock())
    return able


def _command(staff: StaffVisit, asked: Payload) -> str:
    """The command on the server that invites whom a request is about, or else any second owner."""
    email, role = (str(asked["email"]), str(asked["role"])) if _invites(asked) else ("EMAIL", Role.OWNER)
    return invite_command(staff, email, "--role", role)


def _invites(asked: Payload) -> bool:
    """Whether this is all that an invitation asks for; changes of people name the person too."""
    return asked.keys() == {"email", "role"}


def _in_words(
    staff: StaffVisit, approval: Approval, people: dict[str, str], shops: dict[str, str], others: list[SecondPerson]
) -> ListedRequest:
    action = staff.approvals.action(approval.action)
    is_open = approval.status in (ApprovalStatus.PENDING, ApprovalStatus.APPROVED)
    return ListedRequest(
        approval=approval,
        title=staff.visit.say(ACTIONS.get(approval.action, approval.action)),
        rows=rows_of(staff, approval, shops),
        asked_by=people.get(approval.requested_by, approval.requested_by),
        decided_by=people.get(approval.decided_by or "", approval.decided_by or ""),
        own=approval.requested_by == staff.caller.id,
        can_decide=is_open
        and approval.requested_by != staff.caller.id
        and action is not None
        and staff.caller.role in action.deciders,
        others=others,
        invites=_invites(approval.payload),
        command=_command(staff, approval.payload),
    )
