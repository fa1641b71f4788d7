"""What takes two people: requests that wait, those that were decided, and deciding one."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.approvals.approval import Approval, ApprovalStatus
from coalition.approvals.store import list_approvals
from coalition.errors import NotFound
from coalition.locale.error_text import reason_text
from coalition.locale.formats import points_text, price_text
from coalition.locale.messages import N_
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.people import names_of_people
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
ACTIONS = {
    "adjust_points": N_("Correct a member's points"),
    "raise_spending_by_id": N_("Let an id spend more"),
    "correct_statement": N_("Correct a statement"),
    "import_points": N_("Import members with points"),
    "merge_members": N_("Merge two members"),
    "change_contact": N_("Change a member's contact"),
    "raise_shop_limit": N_("Raise a shop's limit"),
    "carry_cash": N_("Carry cash between rails"),
    "import_bank_file": N_("Import a file of the bank"),
    "confirm_payment": N_("Confirm a payment"),
    "set_payment_account": N_("Change how a shop is paid"),
    "write_off": N_("Write off what is missing of a payment"),
    "buy_out": N_("Buy a leaving shop out"),
    "deposit": N_("Pay into a deposit"),
    "withdraw_deposit": N_("Pay a deposit back"),
    "set_payment_rules": N_("Change how the alliance pays"),
    "change_approver": N_("Invite, change or reset an owner or treasurer"),
    "set_approval_limit": N_("Let one person do more alone"),
    "book_sale": N_("Book a sale"),
    "add_terms": N_("Change rate, fees or funding"),
    "add_earning_rules": N_("Change what members earn"),
    "add_bonus_rule": N_("Set points aside for a bonus"),
    "change_finding_rules": N_("Change what is looked for in sales"),
    "change_settings": N_("Change the alliance's name or windows"),
}
"""What is asked for, in words; an action that is not here is called by its own name."""
FIELDS = {
    "shop": N_("Shop"),
    "member": N_("Member"),
    "points": N_("Points"),
    "reason": N_("Reason"),
    "why": N_("Reason"),
    "evidence": N_("Evidence"),
    "email": N_("E-mail address"),
    "name": N_("Name"),
    "role": N_("Role"),
    "outcome": N_("Outcome"),
    "amount_minor": N_("Amount"),
    "minor": N_("Amount"),
    "from_minor": N_("From"),
    "to_minor": N_("To"),
    "payment": N_("Payment"),
    "error": N_("Why not"),
    "send_again_until": N_("Can be done until"),
}
HIDDEN = frozenset({"by"})


@dataclass(frozen=True, slots=True)
class ListedRequest:
    """A request with its data in words: (label, value). `own` is whether the visitor asked for it."""

    approval: Approval
    title: str
    rows: list[tuple[str, str]]
    asked_by: str
    decided_by: str
    own: bool
    can_decide: bool


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
    requests = [_in_words(staff, row, people, shops) for row in listed]
    return show(staff.visit, ApprovalsPage(which, requests, onward, done, problem), code)


def _in_words(staff: StaffVisit, approval: Approval, people: dict[str, str], shops: dict[str, str]) -> ListedRequest:
    action = staff.approvals.action(approval.action)
    data = {**approval.payload, **(approval.result or {})}
    is_open = approval.status in (ApprovalStatus.PENDING, ApprovalStatus.APPROVED)
    return ListedRequest(
        approval=approval,
        title=staff.visit.say(ACTIONS.get(approval.action, approval.action)),
        rows=[
            (staff.visit.say(FIELDS.get(name, name)), _written(staff, name, value, shops))
            for name, value in data.items()
            if value not in (None, "") and name not in HIDDEN
        ],
        asked_by=people.get(approval.requested_by, approval.requested_by),
        decided_by=people.get(approval.decided_by or "", approval.decided_by or ""),
        own=approval.requested_by == staff.caller.id,
        can_decide=is_open
        and approval.requested_by != staff.caller.id
        and action is not None
        and staff.caller.role in action.deciders,
    )


def _written(staff: StaffVisit, name: str, value: str | int | None, shops: dict[str, str]) -> str:
    """A value as people read it: money as money, shops by their names."""
    settings, lang = staff.alliance.book.settings, staff.visit.lang
    if isinstance(value, int):
        if name.endswith("minor"):
            return price_text(value, settings.minor_digits, settings.currency, lang)
        return points_text(value, lang)
    text = reason_text(str(value), lang, settings) if value is not None else ""
    return shops.get(text, text) if name == "shop" else text
