"""A payment with its history, and what people may say of it: that it was paid, that it failed, that it came back."""

from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS, Role
from coalition.ids import window_id
from coalition.pages.console.amounts import typed_amount
from coalition.pages.console.payments import STATES, ListedPayment, in_words
from coalition.pages.console.people import names_of_people
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, Ref, page_key, typed_text
from coalition.payments.cancel_unsent import cancel_unsent
from coalition.payments.confirm_payment import ConfirmedOutcome, PaymentConfirmation, confirm_payment
from coalition.payments.context import payment_context
from coalition.payments.find_payment import find_payment
from coalition.payments.write_off_rest import request_write_off
from settlement import NamedFact
from settlement.payments import (
    PaymentContext,
    PaymentPart,
    PaymentRecord,
    PaymentRoute,
    PaymentState,
    find_payments,
    parts_of,
    payment_history,
    people_needed,
)

router = PageRouter("/console/payments/{payment}")
Staff = Annotated[StaffVisit, Depends(admit(PAYMENTS.roles))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
Confirming = Annotated[StaffVisit, Depends(admit((TREASURERS & STAFF) | {Role.MANAGER}))]
EVIDENCE_CHARS_MAX = 500
BY_HAND = "by_hand"
SIBLINGS_MAX = 20
MOVED = (ConfirmedOutcome.PAID, ConfirmedOutcome.RECEIVED)
OPEN = (PaymentState.PLANNED, PaymentState.RESERVED, PaymentState.SENT, PaymentState.AMBIGUOUS)


@dataclass(frozen=True, slots=True)
class PaymentStep:
    """A step of the history, in words. `by` is empty to a shop."""

    at: int
    state: str
    by: str
    why: str


Done = Literal["", "confirmed", "half-confirmed", "cancelled", "asked"]
"""What was done on the page that led here."""


@dataclass(frozen=True, slots=True)
class PaymentPage(ConsolePage):
    """A payment; `parts` are what moved of it, `unshown_minor` what its rail has not shown yet, `siblings` the other
    payments of its shop for the same window. `outcomes` are what the visitor may say of it, `may_cancel` is whether
    they may cancel it. `key` is that of a request to write off what is missing, empty where the visitor can't ask for
    that, or nothing is. `done` is what they just did.

    `over_minor` is by how much more moved than was asked for, by what they typed: they are asked about that first.
    """

    listed: ListedPayment
    window: str
    waiting_for: str
    history: list[PaymentStep]
    parts: list[PaymentPart]
    unshown_minor: int
    siblings: list[ListedPayment]
    people: int
    outcomes: list[ConfirmedOutcome]
    may_cancel: bool
    key: str
    done: Done = ""
    problem: str = ""
    over_minor: int = 0
    section: Section = PAYMENTS


@router.get("")
def payment(staff: Staff, payment: Ref, done: Annotated[Done, Query()] = "") -> HTMLResponse:
    """It, and every step that led to where it is."""
    return _show(staff, payment, done=done)


@router.post("/confirm")
def confirm(
    staff: Confirming,
    payment: Ref,
    outcome: Annotated[ConfirmedOutcome, Form()],
    evidence: Annotated[str, Form(max_length=EVIDENCE_CHARS_MAX)] = "",
    amount: Annotated[str, Form(max_length=30)] = "",
    sure: Annotated[str, Form(max_length=30)] = "",
) -> Response:
    """Say what became of it. More than was asked for is booked once they are `sure` of just that amount."""
    try:
        minor = typed_amount(staff.alliance.book.settings, "amount", amount) if amount.strip() else None
        stated = PaymentConfirmation(outcome, typed_text("evidence", evidence), amount_minor=minor)
        with payment_context(staff.alliance, staff.caller.id) as context:
            asked = find_payment(context, staff.caller, payment)
            over_minor = (minor or 0) - asked.minor if outcome in MOVED else 0
            if over_minor > 0 and sure != str(minor):
                return _show(staff, payment, status=422, over_minor=over_minor)
            confirmed = confirm_payment(context, staff.approvals, asked, staff.caller, stated)
    except NamedFact as error:
        return _show(staff, payment, staff.visit.explain(error), error.error_kind.status)
    return _back(payment, "half-confirmed" if confirmed.people_missing else "confirmed")


@router.post("/cancel")
def cancel(staff: Treasurer, payment: Ref, why: Annotated[str, Form(max_length=EVIDENCE_CHARS_MAX)]) -> Response:
    """Cancel it before it is sent."""
    try:
        cancel_unsent(staff.alliance, staff.caller, payment, typed_text("why", why))
    except NamedFact as error:
        return _show(staff, payment, staff.visit.explain(error), error.error_kind.status)
    return _back(payment, "cancelled")


@router.post("/write-off")
def write_off(
    staff: Treasurer, payment: Ref, key: FormKey, why: Annotated[str, Form(max_length=EVIDENCE_CHARS_MAX)]
) -> Response:
    """Ask for giving up what is missing of it, which another person has to agree to."""
    try:
        reason = typed_text("why", why)
        with payment_context(staff.alliance, staff.caller.id) as context:
            id_ = find_payment(context, staff.caller, payment).id
        request_write_off(staff.alliance, staff.approvals, staff.caller, id_, reason, page_key(staff.caller, key))
    except NamedFact as error:
        return _show(staff, payment, staff.visit.explain(error), error.error_kind.status)
    return _back(payment, "asked")


def _back(payment: str, done: Done) -> RedirectResponse:
    return RedirectResponse(f"/console/payments/{payment}?done={done}", 303)


def _show(
    staff: StaffVisit,
    id_: str,
    problem: str = "",
    status: int = 200,
    *,
    done: Done = "",
    over_minor: int = 0,
) -> HTMLResponse:
    with payment_context(staff.alliance, staff.caller.id) as context:
        record = find_payment(context, staff.caller, id_)
        steps = payment_history(context.book, context.session, record.id)
        parts = parts_of(context, record)
        of_window = _of_same_window(context, record)
        people = people_needed(context, record) if record.rail == BY_HAND else 1
    named = {} if staff.shop is not None else names_of_people(staff)
    page = PaymentPage(
        listed=in_words(staff, record, staff.names()),
        window=window_id(record.window_id) if record.window_id else "",
        waiting_for=staff.visit.reason(record.waiting_for),
        history=[
            PaymentStep(
                step.at,
                staff.visit.say(STATES[PaymentState(step.state)]),
                named.get(step.actor, "") if staff.shop is None else "",
                staff.visit.reason(step.why),
            )
            for step in steps
        ],
        parts=parts,
        unshown_minor=record.moved_minor - sum(part.minor for part in parts) if parts else 0,
        siblings=[in_words(staff, each, staff.names()) for each in of_window],
        people=people,
        outcomes=outcomes_of(staff, record),
        may_cancel=staff.caller.role in TREASURERS and record.state == PaymentState.PLANNED,
        key=token_hex(16) if _may_write_off(staff, record) else "",
        done=done,
        problem=problem,
        over_minor=over_minor,
    )
    return show(staff.visit, page, status)


def _of_same_window(context: PaymentContext, record: PaymentRecord) -> list[PaymentRecord]:
    """The other payments that its shop makes or gets for the same window: the rest of it, asked for again, say."""
    if not record.window_id:
        return []
    rows = find_payments(
        context.book,
        context.session,
        SIBLINGS_MAX,
        window_id=record.window_id,
        participant=record.participant,
    )
    return [row for row in rows if row.id != record.id]


def _may_write_off(staff: StaffVisit, record: PaymentRecord) -> bool:
    return staff.caller.role in TREASURERS and record.is_collected_net and record.rest_minor > 0


def outcomes_of(staff: StaffVisit, record: PaymentRecord) -> list[ConfirmedOutcome]:
    """What the visitor may say: both shops of a direct payment, the treasurers of one by hand."""
    if record.route == PaymentRoute.DIRECT:
        if staff.shop is None or record.state not in OPEN:
            return []
        own = ConfirmedOutcome.PAID if staff.shop == record.participant else ConfirmedOutcome.RECEIVED
        return [own, ConfirmedOutcome.DISPUTED]
    if staff.caller.role not in TREASURERS or record.rail != BY_HAND:
        return []
    if record.state == PaymentState.PAID:
        return [ConfirmedOutcome.RETURNED]
    return [ConfirmedOutcome.PAID, ConfirmedOutcome.FAILED] if record.state in OPEN else []
