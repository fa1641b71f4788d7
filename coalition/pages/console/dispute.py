"""A dispute: what a shop objects to, and the answer to it, with a correction where one is due."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS
from coalition.disputes.answer_dispute import answer_dispute, withdraw_dispute
from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.store import Correction, Dispute, find_dispute
from coalition.errors import NotFound
from coalition.ids import window_id
from coalition.locale.messages import N_
from coalition.pages.checks import check_words
from coalition.pages.console.amounts import typed_points
from coalition.pages.console.disputes import WORDS_MAX
from coalition.pages.console.people import names_of_people
from coalition.pages.console.sections import WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref, typed_text
from coalition.statements.titles import title_of
from settlement import NamedFact, Phrase
from settlement.clearing import LineKind

router = PageRouter("/console/disputes/{dispute}")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
SAME_SHOP = N_("Choose another shop: a shop pays itself nothing.")


@dataclass(frozen=True, slots=True)
class DisputePage(ConsolePage):
    """A dispute, and what the visitor may do about it."""

    dispute: Dispute
    window: str
    line: str
    names: dict[str, str]
    people: dict[str, str]
    shops: list[tuple[str, str]]
    may_answer: bool
    is_own: bool
    done: str = ""
    problem: str = ""
    section: Section = WINDOWS


@router.get("")
def dispute(staff: Staff, dispute: Ref, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The dispute."""
    return _show(staff, dispute, done=done)


@router.post("/answer")
def answer(
    staff: Treasurer,
    dispute: Ref,
    status: Annotated[Literal["accepted", "rejected"], Form()],
    answer: Annotated[str, Form(max_length=WORDS_MAX)] = "",
    payer: Annotated[str, Form(max_length=100)] = "",
    payee: Annotated[str, Form(max_length=100)] = "",
    points: Annotated[str, Form(max_length=20)] = "",
) -> Response:
    """Decide it, once; with points that one shop pays another, where something was wrong."""
    try:
        correction = _typed_correction(staff, payer, payee, points) if status == "accepted" else None
        reason = typed_text("answer", answer, lines=True)
        current, decision = _find(staff, dispute), DisputeStatus(status)
        answer_dispute(staff.alliance, staff.approvals, staff.caller, current, decision, reason, correction)
    except NamedFact as error:
        return _show(staff, dispute, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse(f"/console/disputes/{dispute}?done={status}", 303)


@router.post("/withdraw")
def withdraw(staff: Staff, dispute: Ref) -> Response:
    """Take it back, as the shop that opened it."""
    try:
        withdraw_dispute(staff.alliance, staff.caller, _find(staff, dispute))
    except NamedFact as error:
        return _show(staff, dispute, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse(f"/console/disputes/{dispute}?done=withdrawn", 303)


def _typed_correction(staff: StaffVisit, payer: str, payee: str, points: str) -> Correction | None:
    """What one shop is to pay another; None where no points were typed. Raises FieldWrong."""
    if not points.strip():
        return None
    shops = dict(staff.shops())
    for field, shop in (("payer", payer), ("payee", payee)):
        if shop not in shops:
            raise FieldWrong(field, check_words("choose"))
    if payer == payee:
        raise FieldWrong("payee", Phrase(SAME_SHOP))
    return Correction(payer, payee, typed_points("points", points))


def _find(staff: StaffVisit, id_: str) -> Dispute:
    """A dispute that the visitor may see. Raises NotFound."""
    with staff.alliance.database.engine.connect() as connection:
        current = find_dispute(connection, staff.alliance.id, id_)
    if current is None or not staff.may_see(current.shop):
        raise NotFound(Phrase("dispute"), id_)
    return current


def _show(staff: StaffVisit, id_: str, problem: str = "", code: int = 200, *, done: str = "") -> HTMLResponse:
    current = _find(staff, id_)
    is_open, own = current.status is DisputeStatus.OPEN, current.opened_by == staff.caller.id
    page = DisputePage(
        dispute=current,
        window=window_id(current.window_id),
        line="" if current.line is None else staff.visit.say(title_of(current.shop, LineKind(current.line)).name),
        names=staff.names(),
        people={} if staff.shop is not None else names_of_people(staff),
        shops=staff.shops(),
        may_answer=is_open and not own and staff.caller.role in TREASURERS,
        is_own=is_open and staff.shop is not None,
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)
