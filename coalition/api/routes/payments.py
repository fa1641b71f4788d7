"""Payments: their states and histories, and confirming payments that people make themselves."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, SHOP, TREASURERS, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import PlainText, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.windows import opens_at_of
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, moment
from coalition.payments.cancel_unsent import cancel_unsent
from coalition.payments.confirm_payment import ConfirmedOutcome, PaymentConfirmation, confirm_payment
from coalition.payments.context import payment_context
from coalition.payments.find_payment import find_payment
from coalition.payments.write_off_rest import request_write_off
from coalition.web.request import language_of
from settlement import date_text
from settlement.ledger import AccountKind
from settlement.payments import (
    PaymentContext,
    PaymentCoverage,
    PaymentRecord,
    PaymentRoute,
    PaymentState,
    collection_code_of,
    find_payments,
    is_disputed,
    parts_of,
    payee_checks_of,
    payment_history,
    people_needed,
)
from settlement.rails import PayeeCheck, PayeeMatch

router = Router(prefix="/v1/payments", tags=["payments"])
POSITION = 170

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
Sayer = Annotated[Caller, Depends(allow(TREASURERS | {Role.MANAGER}))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
Key = Annotated[str, Depends(idempotency_key)]
PaymentId = Annotated[Text, Path(description="The payment's id.")]
Evidence = Annotated[str, Field(min_length=1, max_length=500), PlainText()]
Purpose = Literal["net", "default", "deposit", "fund", "capital"]
PURPOSES: dict[int, Purpose] = {
    AccountKind.SETTLEMENT: "net",
    AccountKind.DEPOSIT: "deposit",
    AccountKind.FUND: "fund",
    AccountKind.CAPITAL: "capital",
}
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "No such payment, window or shop, or none of yours."),
    (422, "A field can't be used."),
    (429, "Too many requests."),
)


class Payment(BaseModel):
    """A payment."""

    id: str = Field(description="The payment's id; ids sort by the time at which payments were planned.")
    window: str | None = Field(description="The window that it settles; null for a deposit.")
    route: PaymentRoute = Field(
        description="`collect`: from a shop to the clearing house; `pay`: the other way; `direct`: from shop to shop."
    )
    rail: str = Field(
        description="The rail: `by_hand`, `bank` or `stripe`; `deposit` if it was drawn from the shop's deposit."
    )
    shop: str = Field(description="The shop that pays or is paid; the payer of a direct payment.")
    counterparty: str | None = Field(description="The payee of a direct payment.")
    purpose: Purpose = Field(
        description="What it pays: a net, what the shop is in default of, its deposit, its share of the guarantee "
        "fund, or capital."
    )
    amount_minor: int = Field(description="The amount, in minor units.")
    currency: str = Field(description="ISO 4217 code.")
    state: PaymentState = Field(description="The payment's state.")
    attempt: int = Field(description="The number of the current attempt, from 1.")
    planned_at: Moment = Field(description="When the payment was planned.")
    due_on: str = Field(description="The day on which it is due.", examples=["2026-06-08"])
    reference: str | None = Field(description="The rail's own id of it.")
    waiting_for: str | None = Field(description="Why it can't be sent yet, while it is planned.")
    fee_minor: int = Field(description="The rail's fees so far, in minor units.")
    returnable_until: Moment | None = Field(description="Until when a paid collection can still be returned.")
    moved_minor: int = Field(
        description="How much of it has moved, in minor units, less what came back. The rest is still owed; what is "
        "too much is a credit."
    )
    coverage: PaymentCoverage = Field(description="The same in a word.")
    written_off_minor: int = Field(
        description="What is missing and the alliance bears as a cost of the rail, in minor units."
    )
    decided_by: Moment | None = Field(
        description="Until when the rail knows whether it was paid, at the latest; null where it waits for people."
    )
    changed_at: Moment = Field(description="When the payment entered this state, or an amount of it moved.")


class PaymentStep(BaseModel):
    """A step in a payment's history."""

    at: Moment = Field(description="When the step was recorded.")
    happened_at: Moment = Field(description="When it happened, according to the rail.")
    state: PaymentState = Field(description="The payment's state after the step.")
    attempt: int = Field(description="The number of the attempt.")
    by: str | None = Field(description="Who or what caused the step; only the alliance sees this.")
    reference: str | None = Field(description="The rail's own reference for the payment.")
    code: str | None = Field(description="A code for why the payment failed or was returned.")
    why: str | None = Field(description="The same as a sentence.")


class PaymentPart(BaseModel):
    """What moved of a payment at once."""

    at: Moment = Field(description="When it moved.")
    amount_minor: int = Field(description="How much, in minor units; below zero where it came back.")
    fee_minor: int = Field(description="What the rail charged for it, in minor units.")
    text: str | None = Field(description="What the rail, or whoever confirmed it, wrote beside.")


class PayeeNameCheck(BaseModel):
    """What the payee's bank said of the name that a payment goes to (Verification of Payee)."""

    match: PayeeMatch = Field(
        description="`match`; `close_match` for nearly the name under which the account is held; `no_match`; "
        "`unchecked` where the bank could not say."
    )
    text: str | None = Field(description="What the bank said beside, such as the name that it has.")
    checked_at: Moment = Field(description="When its answer was imported.")


class PaymentDetail(Payment):
    """A payment with its history."""

    payee_check: PayeeNameCheck | None = Field(
        description="What the payee's bank said of the name; null where it said nothing."
    )

    collection_code: str | None = Field(
        description="What the payee's own QR code says (Alipay, WeChat Pay), where people make the payment and the "
        "payee gave one: draw it for the payer to scan."
    )
    disputed: bool = Field(description="Whether either shop of a direct payment disputes it.")
    people_needed: int = Field(description="How many people have to confirm a payment by hand.")
    parts: list[PaymentPart] = Field(
        description="What moved of it when, and what came back, oldest first: as far as its rail has shown it."
    )
    history: list[PaymentStep] = Field(description="All steps, oldest first.")


class PaymentConfirm(BaseModel):
    """What became of a payment that people make themselves."""

    model_config = ConfigDict(extra="forbid")

    outcome: ConfirmedOutcome = Field(
        description="By hand: `paid`, `failed` or `returned`. From shop to shop: `paid` from the payer, `received` "
        "from the payee, `disputed` from either."
    )
    evidence: Evidence = Field(description="What proves it, such as a receipt's number.", examples=["receipt 17"])
    document_sha256: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="The SHA-256 of a document that proves it, in hexadecimal.",
    )
    amount_minor: Annotated[StrictInt, Field(ge=1, le=10**15)] | None = Field(
        default=None,
        description="How much was paid or came back, in minor units; null for all of it. What is missing stays owed, "
        "and more may be confirmed later.",
        examples=[950],
    )


class PaymentCancel(BaseModel):
    """Why a payment is cancelled."""

    model_config = ConfigDict(extra="forbid")

    why: Evidence = Field(description="The reason, for the payment's history.", examples=["they settled it otherwise"])


class RestWriteOff(BaseModel):
    """Why what is missing of a payment is written off."""

    model_config = ConfigDict(extra="forbid")

    why: Evidence = Field(description="The reason, for the payment's history.", examples=["the bank's charges"])


class WriteOffRequest(BaseModel):
    """A write-off that waits for approval."""

    approval: str = Field(description="The id of the approval that another person has to give.")


class PaymentConfirmed(PaymentDetail):
    """A payment after somebody confirmed it."""

    people_missing: int = Field(description="How many more people have to confirm the same before it takes effect.")


@router.get("", operation_id="listPayments", summary="List the payments", responses=PROBLEMS)
def list_payments(
    request: Request,
    caller: Reader,
    *,
    window: Annotated[Text | None, Query(description="Only payments that settle this window.")] = None,
    shop: Annotated[Text | None, Query(description="Only payments to or from this shop.")] = None,
    state: Annotated[PaymentState | None, Query(description="Only payments in this state.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Payment]:
    """Newest first. A shop's caller sees the shop's own payments."""
    alliance = alliance_now(request, caller)
    if shop is not None:
        own_shop(caller, shop)
    position = position_of(cursor, str)
    with payment_context(alliance, caller.id) as context:
        rows = find_payments(
            context.book,
            context.session,
            limit + 1,
            before=None if position is None else str(position[0]),
            window_id=None if window is None else opens_at_of(alliance, window),
            participant=caller.shop if caller.role in SHOP else shop,
            state=state,
        )
    lang = language_of(request)
    return page(rows, limit, lambda payment: [payment.id], lambda payment: render_payment(alliance, payment, lang))


@router.get("/{payment}", operation_id="getPayment", summary="Get a payment and its history", responses=PROBLEMS)
def get_payment(request: Request, payment: PaymentId, caller: Reader) -> PaymentDetail:
    """The payment's state, and every step that led to it."""
    alliance = alliance_now(request, caller)
    with payment_context(alliance, caller.id) as context:
        return _detail(alliance, caller, context, find_payment(context, caller, payment), language_of(request))


@router.post(
    "/{payment}/confirm",
    operation_id="confirmPayment",
    summary="Confirm a payment",
    responses={
        **PROBLEMS,
        **responses((403, "Not for this role; or it takes two people, and a key can't be one of them.")),
        **responses((409, "The payment's state does not allow it, or its rail reports the outcome itself.")),
    },
)
def confirm(
    request: Request, response: Response, payment: PaymentId, body: PaymentConfirm, caller: Sayer
) -> PaymentConfirmed:
    """Says what became of a payment. The alliance confirms payments by hand, with two people from its limit on; the
    managers of both shops confirm payments from shop to shop. To repeat one's last answer changes nothing.
    """
    alliance = alliance_now(request, caller)
    confirmation = PaymentConfirmation(body.outcome, body.evidence, body.document_sha256, body.amount_minor)
    with payment_context(alliance, caller.id) as context:
        waiting = find_payment(context, caller, payment)
        confirmed = confirm_payment(context, request.app.state.approvals, waiting, caller, confirmation)
        rendered = _detail(alliance, caller, context, confirmed.payment, language_of(request))
    if confirmed.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return PaymentConfirmed(**rendered.model_dump(), people_missing=confirmed.people_missing)


@router.post(
    "/{payment}/cancel",
    operation_id="cancelPayment",
    summary="Cancel a payment that was not sent",
    responses={**PROBLEMS, **responses((409, "The payment was sent, or somebody confirmed it."))},
)
def post_cancel(request: Request, payment: PaymentId, body: PaymentCancel, caller: Treasurer) -> Payment:
    """The amount is open again; the next run plans a new payment."""
    alliance = alliance_now(request, caller)
    return render_payment(alliance, cancel_unsent(alliance, caller, payment, body.why), language_of(request))


@router.post(
    "/{payment}/write-off",
    operation_id="writeOffRest",
    summary="Write off what is missing",
    status_code=202,
    responses={
        **PROBLEMS,
        **responses((400, "No Idempotency-Key."), (409, "Nothing is missing, or it is being collected again.")),
    },
)
def post_write_off(
    request: Request, payment: PaymentId, body: RestWriteOff, caller: Treasurer, key: Key
) -> WriteOffRequest:
    """Always waits for another person's approval. The shop owes it no more: it is a cost of the rail."""
    alliance = alliance_now(request, caller)
    with payment_context(alliance, caller.id) as context:
        id_ = find_payment(context, caller, payment).id
    approvals = request.app.state.approvals
    asked = request_write_off(alliance, approvals, caller, id_, body.why, posting_key(caller, key))
    return WriteOffRequest(approval=asked.id)


def render_payment(alliance: Alliance, payment: PaymentRecord, lang: Lang) -> Payment:
    """A payment as the API describes one, to a reader of a language."""
    return Payment(
        id=payment.id,
        window=window_id(payment.window_id) if payment.window_id else None,
        route=PaymentRoute(payment.route),
        rail=payment.rail,
        shop=payment.participant,
        counterparty=payment.counterparty or None,
        purpose="default" if payment.for_default else PURPOSES[payment.purpose],
        amount_minor=payment.minor,
        currency=alliance.book.settings.currency,
        state=PaymentState(payment.state),
        attempt=payment.attempt,
        planned_at=moment(payment.planned_at),
        due_on=date_text(payment.due_on),
        reference=payment.reference or None,
        waiting_for=reason_text(payment.waiting_for, lang, alliance.book.settings) or None,
        fee_minor=payment.fee_minor,
        returnable_until=None if payment.returnable_until is None else moment(payment.returnable_until),
        moved_minor=payment.moved_minor,
        coverage=payment.coverage,
        written_off_minor=payment.written_off_minor,
        decided_by=None if payment.decided_by is None else moment(payment.decided_by),
        changed_at=moment(payment.changed_at),
    )


def render_payee_check(check: PayeeCheck) -> PayeeNameCheck:
    """A check of a payee's name as the API describes one."""
    return PayeeNameCheck(match=check.match, text=check.text or None, checked_at=moment(check.at))


def _detail(
    alliance: Alliance, caller: Caller, context: PaymentContext, payment: PaymentRecord, lang: Lang
) -> PaymentDetail:
    steps = [
        PaymentStep(
            at=moment(step.at),
            happened_at=moment(step.seen_at),
            state=PaymentState(step.state),
            attempt=step.attempt,
            by=step.actor if caller.role in ALLIANCE else None,
            reference=step.reference or None,
            code=step.code or None,
            why=reason_text(step.why, lang, context.book.settings) or None,
        )
        for step in payment_history(context.book, context.session, payment.id)
    ]
    check = payee_checks_of(context, [payment]).get(payment.id)
    return PaymentDetail(
        payee_check=None if check is None else render_payee_check(check),
        **render_payment(alliance, payment, lang).model_dump(),
        collection_code=collection_code_of(context.book, context.session, payment) or None,
        disputed=is_disputed(context, payment),
        people_needed=people_needed(context, payment),
        parts=[
            PaymentPart(at=moment(part.at), amount_minor=part.minor, fee_minor=part.fee_minor, text=part.text or None)
            for part in parts_of(context, payment)
        ],
        history=steps,
    )
