"""Deposits, shares of the guarantee fund, capital: money in, and money back by two people."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import TREASURERS, Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.fields import AMOUNT_MAX, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import ApiError, responses
from coalition.api.routes.payments import Evidence, Payment, render_payment
from coalition.approvals.approval import Payload
from coalition.approvals.approvals import Approvals
from coalition.payments.buy_out import BUY_OUT, is_leaving
from coalition.payments.desk import desk_of
from coalition.payments.move_deposit import PAY_BACK, PAY_IN, Deposit, DepositAccount, pay_in
from settlement.ledger import OPERATOR, POOL
from settlement.payments import PaymentRecord

router = APIRouter(prefix="/v1", tags=["deposits"])
POSITION = 180

Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
Key = Annotated[str, Depends(idempotency_key)]
PROBLEMS = responses(
    (400, "No Idempotency-Key."),
    (401, "No valid key or session."),
    (403, "Not for this role; or it takes two people, and a key asked."),
    (404, "No such shop."),
    (409, "The payment can't go there from where it stands."),
    (422, "A field can't be used, or the key was used for something else."),
    (429, "Too many requests."),
    (503, "Not available now; send it again under the same key."),
)


class WithdrawalCreate(BaseModel):
    """Money to be paid back."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop; `operator` for the alliance's own.", examples=["bakery"])
    account: DepositAccount = Field(
        default=DepositAccount.DEPOSIT, description="Its deposit, its share of the guarantee fund, or capital."
    )
    amount_minor: StrictInt = Field(ge=1, le=AMOUNT_MAX, description="How much, in minor units.")


class DepositCreate(WithdrawalCreate):
    """Money that came, or is to be collected."""

    received: Evidence | None = Field(
        default=None,
        description="What proves that it came by hand; where it is left out, it is collected over the shop's rail.",
        examples=["receipt 17"],
    )


class ShopBuyOut(BaseModel):
    """Who takes over what a shop's points will cost."""

    model_config = ConfigDict(extra="forbid")

    by: Text = Field(default=OPERATOR, description="A shop, or `operator` for the alliance's own.")


class DepositRequest(BaseModel):
    """What became of the request."""

    status: Literal["begun", "awaiting_approval"] = Field(description="How far it is.")
    payment: Payment | None = Field(description="The payment, once it has begun; it is followed like any other.")
    approval: str | None = Field(description="The request that another person has to approve, where it takes two.")


@router.post("/deposits", operation_id="createDeposit", summary="Pay in", status_code=201, responses=PROBLEMS)
def create_deposit(
    request: Request, response: Response, body: DepositCreate, caller: Treasurer, key: Key
) -> DepositRequest:
    """Writes down money that came by hand, or collects it over the shop's rail. Up to what one person may do alone
    (`listApprovalLimits`) at once; above it, answered with 202, it waits for another person's approval.
    """
    alliance, approvals = alliance_now(request, caller), _approvals(request)
    asked = Deposit(body.shop, body.account, body.amount_minor, (body.received or "").strip())
    _check(alliance, body.shop)
    own_key = posting_key(caller, key)
    if approvals.needs_second(caller.alliance_id, PAY_IN, asked.minor):
        return _awaiting(response, approvals.request(caller, PAY_IN, asked.payload, own_key).id)
    one = pay_in(alliance, asked, [caller.id], own_key)
    with alliance.database.engine.begin() as connection:
        record(connection, caller, "deposit.create", one.id, asked.payload)
    return _begun(alliance, one)


@router.post(
    "/withdrawals",
    operation_id="createWithdrawal",
    summary="Ask for money to be paid back",
    status_code=202,
    responses=PROBLEMS,
)
def create_withdrawal(
    request: Request, response: Response, body: WithdrawalCreate, caller: Treasurer, key: Key
) -> DepositRequest:
    """Always waits for another person's approval; then it is sent over the shop's rail."""
    alliance, approvals = alliance_now(request, caller), _approvals(request)
    asked = Deposit(body.shop, body.account, body.amount_minor)
    _check(alliance, body.shop)
    return _awaiting(response, approvals.request(caller, PAY_BACK, asked.payload, posting_key(caller, key)).id)


@router.post(
    "/shops/{shop}/buy-out",
    operation_id="buyOutShop",
    summary="Buy a leaving shop out",
    status_code=202,
    responses={**PROBLEMS, **responses((409, "The shop is not leaving."))},
)
def post_buy_out(
    request: Request, response: Response, shop: str, body: ShopBuyOut, caller: Treasurer, key: Key
) -> DepositRequest:
    """Its deposit pays the whole value of its points that members hold; whoever bought it out pays for them from then
    on. Always waits for another person's approval.
    """
    alliance, approvals = alliance_now(request, caller), _approvals(request)
    _check(alliance, shop)
    _check(alliance, body.by)
    if not is_leaving(alliance, shop):
        raise ApiError("shop_not_leaving", f"{shop} is not leaving: what it owes stays its own.")
    asked: Payload = {"shop": shop, "by": body.by}
    return _awaiting(response, approvals.request(caller, BUY_OUT, asked, posting_key(caller, key)).id)


def _approvals(request: Request) -> Approvals:
    found: Approvals = request.app.state.approvals
    return found


def _check(alliance: Alliance, shop: str) -> None:
    with desk_of(alliance, "") as desk:
        if shop == POOL or shop not in desk.book.config(desk.session).by_ref:
            not_found("shop", shop)


def _awaiting(response: Response, approval: str) -> DepositRequest:
    response.status_code = 202
    return DepositRequest(status="awaiting_approval", payment=None, approval=approval)


def _begun(alliance: Alliance, one: PaymentRecord) -> DepositRequest:
    return DepositRequest(status="begun", payment=render_payment(alliance, one), approval=None)
