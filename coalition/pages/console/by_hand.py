"""Payments that people make themselves: several are marked, and confirmed at once with what proves them.

Each is confirmed for itself, under the limits of the single one: what takes two people still does, and where one is
refused the others stand. The same form again does nothing twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal, NamedTuple

from fastapi import Depends, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS, Role
from coalition.access.errors import ApprovalAwaited
from coalition.pages.checks import check_words
from coalition.pages.console.payment import EVIDENCE_CHARS_MAX, MOVED, OPEN, outcomes_of
from coalition.pages.console.payments import ListedPayment, in_words
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.shown_once import carried, carry
from coalition.pages.typed import typed_text
from coalition.payments.confirm_payment import ConfirmedOutcome, PaymentConfirmation, confirm_payment
from coalition.payments.context import payment_context
from coalition.payments.find_payment import find_payment
from settlement import NamedFact, PaymentRefused, Phrase
from settlement.payments import PaymentOrder, PaymentRecord, PaymentState, find_payments

router = PageRouter("/console/payments/by-hand")
Confirming = Annotated[StaffVisit, Depends(admit((TREASURERS & STAFF) | {Role.MANAGER}))]
MOST, READ_MAX = 20, 500
CONFIRMED = "confirmed-by-hand"
REASON_CHARS_MAX = 90
"""As much of a refusal as twenty of them fit into a cookie with."""
Became = Literal["booked", "half", "asked", "refused"]


class Confirmed(NamedTuple):
    """What became of one payment: booked, or why it is not yet, or not at all."""

    id: str
    name: str
    minor: int
    became: Became
    why: str


@dataclass(frozen=True, slots=True)
class ByHandPage(ConsolePage):
    """The payments that the visitor may confirm, those due first; `more` are left for afterwards.

    `marked` are the ids of those that they confirm, which are `count` and come to `in_minor` and `out_minor`: they are
    asked about that first, and `sure` is what a yes to just that says; empty before. `results` are what was just done.
    """

    rows: list[ListedPayment]
    more: int
    marked: frozenset[str]
    count: int
    in_minor: int
    out_minor: int
    sure: str
    results: list[Confirmed]
    problem: str = ""
    section: Section = PAYMENTS


@router.get("")
def by_hand(staff: Confirming, done: bool = False) -> HTMLResponse:  # noqa: FBT001, FBT002 - of the query
    """All that wait for a word of the visitor."""
    kept = carried(staff.visit, CONFIRMED) if done else None
    return _show(staff, results=[Confirmed(*each) for each in kept or ()])


@router.post("")
def confirm(
    staff: Confirming,
    payment: Annotated[list[str] | None, Form(max_length=MOST)] = None,
    evidence: Annotated[str, Form(max_length=EVIDENCE_CHARS_MAX)] = "",
    sure: Annotated[str, Form(max_length=60)] = "",
) -> Response:
    """Confirm those that are marked, once the visitor is `sure` of just these."""
    try:
        marked = _marked(staff, list(dict.fromkeys(payment or ())))
        proof = typed_text("evidence", evidence)
    except NamedFact as error:
        return _show(staff, staff.visit.explain(error), error.error_kind.status)
    if sure != _sure(marked):
        return _show(staff, status=422, marked=marked)
    results = [_confirm(staff, each, proof) for each in marked]
    answer = RedirectResponse("/console/payments/by-hand?done=true", 303)
    carry(staff.visit, answer, CONFIRMED, results)
    return answer


def _marked(staff: StaffVisit, ids: Sequence[str]) -> list[PaymentRecord]:
    """The payments of these ids. Raises FieldWrong where there are none, and NotFound."""
    if not ids:
        raise FieldWrong("payment", check_words("choose"))
    with payment_context(staff.alliance, staff.caller.id) as context:
        return [find_payment(context, staff.caller, id_) for id_ in ids]


def _sure(marked: Sequence[PaymentRecord]) -> str:
    """What a yes to just these says: how many, and what they come to."""
    return f"{len(marked)} {sum(each.minor for each in marked)}"


def _confirm(staff: StaffVisit, payment: PaymentRecord, evidence: str) -> Confirmed:
    """Say of one that all of it moved. One that is paid is confirmed again, which does nothing where it is the same."""
    why, is_payee = "", staff.shop is not None and payment.participant != staff.shop
    stated = PaymentConfirmation(ConfirmedOutcome.RECEIVED if is_payee else ConfirmedOutcome.PAID, evidence)
    try:
        if payment.state not in (*OPEN, PaymentState.PAID):
            raise PaymentRefused(payment.id, Phrase("it does not wait for anybody any more"))
        with payment_context(staff.alliance, staff.caller.id) as context:
            confirmed = confirm_payment(context, staff.approvals, payment, staff.caller, stated)
        became: Became = "half" if confirmed.people_missing else "booked"
    except ApprovalAwaited:
        became = "asked"
    except NamedFact as error:
        became, why = "refused", staff.visit.explain(error)[:REASON_CHARS_MAX]
    name = staff.names().get(payment.participant, payment.participant)
    return Confirmed(payment.id, name[:30], payment.minor, became, why)


def _show(
    staff: StaffVisit,
    problem: str = "",
    status: int = 200,
    *,
    marked: Sequence[PaymentRecord] = (),
    results: Sequence[Confirmed] = (),
) -> HTMLResponse:
    with payment_context(staff.alliance, staff.caller.id) as context:
        sent = find_payments(
            context.book,
            context.session,
            READ_MAX,
            order=PaymentOrder.DUE,
            participant=staff.shop,
            state=PaymentState.SENT,
        )
    waiting = [each for each in sent if any(outcome in MOVED for outcome in outcomes_of(staff, each))]
    names = staff.names()
    page = ByHandPage(
        rows=[in_words(staff, each, names) for each in waiting[:MOST]],
        more=max(0, len(waiting) - MOST),
        marked=frozenset(each.id for each in marked),
        count=len(marked),
        in_minor=sum(each.minor for each in marked if not _goes_out(staff, each)),
        out_minor=sum(each.minor for each in marked if _goes_out(staff, each)),
        sure=_sure(marked) if marked else "",
        results=list(results),
        problem=problem,
    )
    return show(staff.visit, page, status)


def _goes_out(staff: StaffVisit, payment: PaymentRecord) -> bool:
    """Whether whoever looks pays it out: the alliance to a shop, or a shop to another one."""
    return payment.route == "pay" if staff.shop is None else payment.participant == staff.shop
