"""Lines of the bank's statements that no reference gave to a payment: which one each may be, and saying what it is."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS
from coalition.locale.messages import N_
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import typed_text
from coalition.payments.match_bank_line import match_bank_line
from coalition.payments.rails.bank import bank_settings_of
from settlement import NamedFact
from settlement.rails.bank import BankLine, MatchCandidate, waiting_lines

HERE = "/console/payments/bank/lines"
router = PageRouter(HERE)
Staff = Annotated[StaffVisit, Depends(admit(STAFF))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
LINES_MAX = 20
NAMES_CHARS_MAX, NOTE_CHARS_MAX = 2_000, 200
CHOSEN = N_("Chosen from the payments that it may be")
"""Why a line is a payment, where somebody says no more than that it is."""


@dataclass(frozen=True, slots=True)
class Likely:
    """A payment that a line may be, its shop by name; `misfit` says why it was not taken by itself, if anything."""

    candidate: MatchCandidate
    shop: str
    misfit: str


@dataclass(frozen=True, slots=True)
class BankLinesPage(ConsolePage):
    """What waits, the oldest first, a page at a time. `count` is of all pages."""

    lines: list[tuple[BankLine, list[Likely]]]
    may_match: bool
    number: int
    pages: int
    count: int
    done: bool = False
    problem: str = ""
    section: Section = PAYMENTS


@router.get("")
def bank_lines(
    staff: Staff,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    done: bool = False,  # noqa: FBT001, FBT002 - of the query
) -> HTMLResponse:
    """What waits."""
    return _show(staff, number=page, done=done)


@router.post("/match")
def match(
    staff: Treasurer,
    line: Annotated[str, Form(max_length=300)],
    note: Annotated[str, Form(max_length=NOTE_CHARS_MAX)] = "",
    payment: Annotated[str, Form(max_length=NAMES_CHARS_MAX)] = "",
    others: Annotated[str, Form(max_length=NAMES_CHARS_MAX)] = "",
) -> Response:
    """A line is a payment that was chosen, those that were named, or none of ours: these two with a reason."""
    settings = bank_settings_of(staff.alliance)
    if settings is None:
        return _show(staff, staff.visit.say("This alliance has no account at a bank."), 404)
    named = [payment] if payment else [name for name in re.split(r"[\s,;]+", others) if name]
    try:
        why = staff.visit.say(CHOSEN) if payment and not note.strip() else typed_text("note", note)
        match_bank_line(staff.alliance, settings, staff.caller, line, named, why)
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse(f"{HERE}?done=true", 303)


def _show(
    staff: StaffVisit, problem: str = "", status: int = 200, *, number: int = 1, done: bool = False
) -> HTMLResponse:
    settings, names = bank_settings_of(staff.alliance), staff.names()
    waiting = [] if settings is None else waiting_lines(staff.alliance.book, settings)

    def likely(candidate: MatchCandidate) -> Likely:
        misfit = staff.visit.reason(candidate.misfit)
        return Likely(candidate, names.get(candidate.participant, candidate.participant), misfit)

    on_page = waiting[(number - 1) * LINES_MAX : number * LINES_MAX]
    page = BankLinesPage(
        [(each.line, [likely(candidate) for candidate in each.candidates]) for each in on_page],
        staff.caller.role in TREASURERS,
        number,
        max(1, -(-len(waiting) // LINES_MAX)),
        len(waiting),
        done,
        problem,
    )
    return show(staff.visit, page, status)
