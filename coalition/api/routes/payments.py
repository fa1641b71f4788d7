"""Payments: what became of each, and what people say of those that they make themselves."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import ALLIANCE, SHOP, TREASURERS, Caller, Role
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import ApiError, responses
from coalition.api.routes.windows import opens_at_of
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import moment
from coalition.payments.confirm_payment import ConfirmedOutcome, PaymentConfirmation, confirm_payment
from coalition.payments.desk import desk_of
from settlement import date_text
from settlement.ledger import AccountKind
from settlement.payments import (
    Desk,
    PaymentRecord,
    Route,
    State,
    cancel,
    is_disputed,
    newest_payments,
    payment_history,
    people_needed,
)

router = APIRouter(prefix="/v1/payments", tags=["payments"])
POSITION = 170

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
Sayer = Annotated[Caller, Depends(allow(TREASURERS | {Role.MANAGER}))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
PaymentId = Annotated[str, Path(description="The payment's id.", max_length=100)]
Evidence = Annotated[str, Field(min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f]")]
Purpose = Literal["net", "deposit", "fund", "capital"]
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
    """A payment as it stands."""

    id: str = Field(description="Its id; ids sort by the time at which payments were planned.")
    window: str | None = Field(description="The window that it settles; null for a deposit.")
    route: Route = Field(
        description="collect: from a shop to the clearing house; pay: the other way; direct: from shop to shop."
    )
    rail: str = Field(description="How it goes: by_hand, bank, stripe; deposit where it was drawn from the deposit.")
    shop: str = Field(description="The shop that pays or is paid; the payer of a direct payment.")
    counterparty: str | None = Field(description="Who is paid in a direct payment.")
    purpose: Purpose = Field(description="What it is for: a net, the shop's deposit, its share of the fund, capital.")
    amount_minor: int = Field(description="How much, in minor units.")
    currency: str = Field(description="ISO 4217 code.")
    state: State = Field(description="Where it stands.")
    attempt: int = Field(description="How many attempts were made, this one included.")
    planned_at: Moment = Field(description="When it was planned.")
    due_on: str = Field(description="The day on which it is due.", examples=["2026-06-08"])
    reference: str | None = Field(description="The rail's own name for it, or what it waits for.")
    fee_minor: int = Field(description="What the rail charged for it so far, in minor units.")
    returnable_until: Moment | None = Field(description="Until when a paid collection can still come back.")
    changed_at: Moment = Field(description="When it came to this state.")


class PaymentStep(BaseModel):
    """One step in a payment's history."""

    at: Moment = Field(description="When it was written down.")
    happened_at: Moment = Field(description="When it happened, by the rail's account of it.")
    state: State = Field(description="Where the payment stood then.")
    attempt: int = Field(description="At which attempt.")
    by: str | None = Field(description="Who or what brought it there; for the alliance alone.")
    reference: str | None = Field(description="The rail's own name for it.")
    code: str | None = Field(description="Why it failed or came back, for a program.")
    why: str | None = Field(description="The same for people.")


class PaymentDetail(Payment):
    """A payment with how it came to stand where it does."""

    disputed: bool = Field(description="Whether a side of a direct payment says that something is wrong.")
    people_needed: int = Field(description="How many people have to say that a payment by hand was made.")
    history: list[PaymentStep] = Field(description="All steps, the oldest first.")


class PaymentConfirm(BaseModel):
    """What became of a payment that people make."""

    model_config = ConfigDict(extra="forbid")

    outcome: ConfirmedOutcome = Field(
        description="By hand: paid, failed or returned. From shop to shop: the payer says paid, the payee received, "
        "either of them disputed."
    )
    evidence: Evidence = Field(
        description="What proves it: a receipt's number, who handed what to whom.", examples=["receipt 17"]
    )
    document_sha256: str = Field(
        default="",
        pattern=r"^([0-9a-f]{64})?$",
        description="The SHA-256 of a document that proves it, in hexadecimal.",
    )


class PaymentCancel(BaseModel):
    """Why a payment is taken back."""

    model_config = ConfigDict(extra="forbid")

    why: Evidence = Field(description="Why, for its history.", examples=["they settled it otherwise"])


class PaymentConfirmed(PaymentDetail):
    """A payment after somebody said what became of it."""

    people_missing: int = Field(description="How many more people have to say the same before it counts.")


@router.get("", operation_id="listPayments", summary="List the payments", responses=PROBLEMS)
def list_payments(
    request: Request,
    caller: Reader,
    *,
    window: Annotated[str | None, Query(description="Of this window.", max_length=100)] = None,
    shop: Annotated[
        str | None, Query(description="To or from this shop.", max_length=100, pattern=r"^[^\x00]*$")
    ] = None,
    state: Annotated[State | None, Query(description="In this state.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Payment]:
    """The newest first; a shop's caller sees its own."""
    alliance = alliance_now(request, caller)
    if shop is not None:
        own_shop(caller, shop)
    position = position_of(cursor, str)
    with desk_of(alliance, caller.id) as desk:
        rows = newest_payments(
            desk.book,
            desk.session,
            limit + 1,
            before=None if position is None else str(position[0]),
            window_id=None if window is None else opens_at_of(alliance, window),
            who=caller.shop if caller.role in SHOP else shop,
            state=state,
        )
    return page(rows, limit, lambda one: [one.id], lambda one: render_payment(alliance, one))


@router.get("/{payment}", operation_id="getPayment", summary="A payment and its history", responses=PROBLEMS)
def get_payment(request: Request, payment: PaymentId, caller: Reader) -> PaymentDetail:
    """A payment as it stands, and how it came there."""
    alliance = alliance_now(request, caller)
    with desk_of(alliance, caller.id) as desk:
        return _detail(alliance, caller, desk, payment_seen(desk, caller, payment))


@router.post(
    "/{payment}/confirm",
    operation_id="confirmPayment",
    summary="Say what became of a payment",
    responses={
        **PROBLEMS,
        **responses((403, "Not for this role; or it takes two people, and a key asked.")),
        **responses((409, "It stands otherwise, or goes over a rail that says itself what became of it.")),
    },
)
def confirm(
    request: Request, response: Response, payment: PaymentId, body: PaymentConfirm, caller: Sayer
) -> PaymentConfirmed:
    """Payments by hand are confirmed by the alliance, by two people from its limit on; payments from shop to shop by
    the managers of both. To say again what one said last changes nothing.
    """
    alliance = alliance_now(request, caller)
    confirmation = PaymentConfirmation(body.outcome, body.evidence.strip(), body.document_sha256)
    with desk_of(alliance, caller.id) as desk:
        one = payment_seen(desk, caller, payment)
        if (one.route == Route.DIRECT) != (caller.role in SHOP):
            raise ApiError("forbidden", "Direct payments are confirmed by their two shops, others by the alliance.")
        result = confirm_payment(desk, one, caller, confirmation)
        shown = _detail(alliance, caller, desk, result.payment)
    if result.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    else:
        with alliance.database.engine.begin() as connection:
            record(
                connection,
                caller,
                "payment.confirm",
                one.id,
                {"outcome": body.outcome.value, "evidence": confirmation.evidence},
            )
    return PaymentConfirmed(**shown.model_dump(), people_missing=result.people_missing)


@router.post(
    "/{payment}/cancel",
    operation_id="cancelPayment",
    summary="Take back a payment that was not sent",
    responses={**PROBLEMS, **responses((409, "It was sent, or somebody says that it was made."))},
)
def post_cancel(request: Request, payment: PaymentId, body: PaymentCancel, caller: Treasurer) -> Payment:
    """What it was for is open again, and planned anew by the next run."""
    alliance = alliance_now(request, caller)
    with desk_of(alliance, caller.id) as desk:
        one = cancel(desk, payment_seen(desk, caller, payment).id, body.why.strip())
    with alliance.database.engine.begin() as connection:
        record(connection, caller, "payment.cancel", one.id, {"why": body.why.strip()})
    return render_payment(alliance, one)


def payment_seen(desk: Desk, caller: Caller, id_: str) -> PaymentRecord:
    """A payment by its id. Answers 404 where there is none, or none of the caller's."""
    if not id_.isascii() or not id_.isalnum():
        not_found("payment", id_)
    found = newest_payments(desk.book, desk.session, 1, id_=id_)
    if not found:
        not_found("payment", id_)
    one = found[0]
    if not caller.may_act_for_shop(one.participant) and not (
        one.counterparty and caller.may_act_for_shop(one.counterparty)
    ):
        not_found("payment", id_)
    return one


def render_payment(alliance: Alliance, one: PaymentRecord) -> Payment:
    """A payment as the API shows one."""
    return Payment(
        id=one.id,
        window=window_id(one.window_id) if one.window_id else None,
        route=Route(one.route),
        rail=one.rail,
        shop=one.participant,
        counterparty=one.counterparty or None,
        purpose=PURPOSES[one.purpose],
        amount_minor=one.minor,
        currency=alliance.book.settings.currency,
        state=State(one.state),
        attempt=one.attempt,
        planned_at=moment(one.planned_at),
        due_on=date_text(one.due_on),
        reference=one.reference or None,
        fee_minor=one.fee_minor,
        returnable_until=None if one.returnable_until is None else moment(one.returnable_until),
        changed_at=moment(one.changed_at),
    )


def _detail(alliance: Alliance, caller: Caller, desk: Desk, one: PaymentRecord) -> PaymentDetail:
    steps = [
        PaymentStep(
            at=moment(step.at),
            happened_at=moment(step.seen_at),
            state=State(step.state),
            attempt=step.attempt,
            by=step.who if caller.role in ALLIANCE else None,
            reference=step.reference or None,
            code=step.code or None,
            why=step.why or None,
        )
        for step in payment_history(desk.book, desk.session, one.id)
    ]
    return PaymentDetail(
        **render_payment(alliance, one).model_dump(),
        disputed=is_disputed(desk, one),
        people_needed=people_needed(desk, one),
        history=steps,
    )
