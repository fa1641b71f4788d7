"""Movements at the rails that belong to nothing yet: which payment each may be, and saying what it is."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS
from coalition.access.log import record_separately
from coalition.pages.console.payments import ListedPayment, in_words
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import typed_text
from coalition.payments.context import payment_context
from coalition.statements.sheet import WAYS
from settlement import NamedFact
from settlement.payments import (
    PaymentRoute,
    PaymentState,
    book_line,
    match_line,
    payments_where,
    reconcile_rails,
    unmatched_lines,
)
from settlement.rails import CashLine

router = PageRouter("/console/payments/lines")
Staff = Annotated[StaffVisit, Depends(admit(STAFF))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
LINES_MAX, CANDIDATES_MAX = 50, 20
TEXT_CHARS_MAX = 100


@dataclass(frozen=True, slots=True)
class ListedLine:
    """A movement, with the payments that it may be: those of the same amount, and others that go the same way."""

    rail: str
    rail_name: str
    line: CashLine
    likely: list[ListedPayment]
    others: list[ListedPayment]


@dataclass(frozen=True, slots=True)
class LinesPage(ConsolePage):
    """What waits, the oldest first, a page at a time; of one rail where that is asked for. `count` is of all pages."""

    lines: list[ListedLine]
    may_match: bool
    number: int
    pages: int
    count: int
    rail: str
    rails: list[tuple[str, str]]
    done: bool = False
    problem: str = ""
    section: Section = PAYMENTS


@router.get("")
def lines(
    staff: Staff,
    rail: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    done: bool = False,  # noqa: FBT001, FBT002 - of the query
) -> HTMLResponse:
    """What waits."""
    return _show(staff, rail=rail, number=page, done=done)


@router.post("/match")
def match(
    staff: Treasurer,
    rail: Annotated[str, Form(max_length=100)],
    line: Annotated[str, Form(max_length=300)],
    payment: Annotated[str, Form(max_length=100)] = "",
    book_as: Annotated[str, Form(max_length=TEXT_CHARS_MAX)] = "",
    why: Annotated[str, Form(max_length=TEXT_CHARS_MAX)] = "",
) -> Response:
    """A movement is a payment, or is booked under a name with a reason."""
    logged = {"rail": rail, "payment": payment or None, "book_as": book_as or None, "why": why or None}
    try:
        with payment_context(staff.alliance, staff.caller.id) as context:
            if payment:
                match_line(context, rail, line, payment)
            else:
                book_line(context, rail, line, typed_text("book_as", book_as), typed_text("why", why))
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    record_separately(staff.alliance.database, staff.caller, "line.match", line, logged)
    return RedirectResponse("/console/payments/lines?done=true", 303)


@router.post("/look")
def look(staff: Treasurer) -> Response:
    """Take in what came and went at all rails since, and match what names a payment."""
    try:
        with payment_context(staff.alliance, staff.caller.id) as context:
            reconcile_rails(context)
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse("/console/payments/lines", 303)


def _show(
    staff: StaffVisit, problem: str = "", status: int = 200, *, rail: str = "", number: int = 1, done: bool = False
) -> HTMLResponse:
    names = staff.names()
    with payment_context(staff.alliance, staff.caller.id) as context:
        rails = sorted(context.rails)
        asked = [name for name in rails if rail in ("", name)]
        waiting = [(name, line) for name in asked for line in unmatched_lines(context, name)]
        states = [PaymentState.SENT.value, PaymentState.AMBIGUOUS.value, PaymentState.FAILED.value]
        open_payments = payments_where(context.book, context.session, "state = ANY(?)", states) if waiting else []
    rows = []
    for of_rail, line in waiting[(number - 1) * LINES_MAX : number * LINES_MAX]:
        route = PaymentRoute.COLLECT if line.minor > 0 else PaymentRoute.PAY
        of_route = [each for each in open_payments if each.route == route]
        same, other = ([each for each in of_route if (each.minor == abs(line.minor)) is like] for like in (True, False))
        likely, others = ([in_words(staff, each, names) for each in part[:CANDIDATES_MAX]] for part in (same, other))
        rows.append(ListedLine(of_rail, staff.visit.say(WAYS.get(of_rail, of_rail)), line, likely, others))
    page = LinesPage(
        rows,
        staff.caller.role in TREASURERS,
        number,
        max(1, -(-len(waiting) // LINES_MAX)),
        len(waiting),
        rail,
        [(name, staff.visit.say(WAYS.get(name, name))) for name in rails],
        done,
        problem,
    )
    return show(staff.visit, page, status)
