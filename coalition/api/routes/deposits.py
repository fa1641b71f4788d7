"""Deposits, shares of the guarantee fund, capital: money in, and money back with two people's approval."""

from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import TREASURERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import AMOUNT_MAX, ShopRef, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.payments import Evidence, Payment, render_payment
from coalition.approvals.approval import Approval
from coalition.approvals.approvals import Approvals
from coalition.payments.buy_out import request_buy_out
from coalition.payments.move_deposit import Deposit, DepositAccount, request_pay_back, request_pay_in
from coalition.web.request import language_of
from settlement.ledger import OPERATOR

router = Router(prefix="/v1", tags=["deposits"])
POSITION = 180

Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
Key = Annotated[str, Depends(idempotency_key)]
PROBLEMS = responses(
    (400, "No Idempotency-Key."),
    (401, "No valid key or session."),
    (403, "Not for this role; or it takes two people, and a key can't be one of them."),
    (404, "No such shop."),
    (409, "The payment's state does not allow it."),
    (422, "A field can't be used, or the key was used for something else."),
    (429, "Too many requests."),
    (503, "Not available now; send it again under the same key."),
)


class WithdrawalCreate(BaseModel):
    """Money to pay back."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop; `operator` for the alliance itself.", examples=["bakery"])
    account: DepositAccount = Field(
        default=DepositAccount.DEPOSIT,
        description="The account: the shop's deposit, its share of the guarantee fund, or capital.",
    )
    amount_minor: StrictInt = Field(ge=1, le=AMOUNT_MAX, description="The amount, in minor units.")


class DepositCreate(WithdrawalCreate):
    """Money that was received, or is to be collected."""

    received: Evidence | None = Field(
        default=None,
        description="Evidence of money received by hand. If left out, the amount is collected over the shop's rail.",
        examples=["receipt 17"],
    )


class ShopBuyOut(BaseModel):
    """Who takes over what a leaving shop's points will cost."""

    model_config = ConfigDict(extra="forbid")

    by: Text = Field(default=OPERATOR, description="A shop, or `operator` for the alliance itself.")


class DepositRequest(BaseModel):
    """A request to move a deposit: it has begun, or waits for approval."""

    status: Literal["begun", "awaiting_approval"] = Field(
        description="Whether the payment has begun or waits for another person's approval."
    )
    payment: Payment | None = Field(description="The payment, once it has begun; the first of several.")
    further_payments: list[Payment] = Field(
        default_factory=list, description="The other payments, where the shop's rail collects no more at once."
    )
    approval: str | None = Field(
        description="The id of the approval that another person has to give, where two people are needed."
    )


@router.post(
    "/deposits", operation_id="createDeposit", summary="Pay into a deposit", status_code=201, responses=PROBLEMS
)
def create_deposit(
    request: Request, response: Response, body: DepositCreate, caller: Treasurer, key: Key
) -> DepositRequest:
    """Records money that was received by hand, or collects it over the shop's rail. Up to the amount that one person
    may handle alone (`listApprovalLimits`) it begins at once; a larger one waits for another person's approval (202).
    """
    alliance, approvals = alliance_now(request, caller), _approvals(request)
    asked = Deposit(body.shop, body.account, body.amount_minor, body.received or "")
    begun = request_pay_in(alliance, approvals, caller, asked, posting_key(caller, key))
    if isinstance(begun, Approval):
        return _awaiting(response, begun)
    first, *further = [render_payment(alliance, payment, language_of(request)) for payment in begun]
    return DepositRequest(status="begun", payment=first, further_payments=further, approval=None)


@router.post(
    "/withdrawals",
    operation_id="createWithdrawal",
    summary="Request a withdrawal",
    status_code=202,
    responses=PROBLEMS,
)
def create_withdrawal(
    request: Request, response: Response, body: WithdrawalCreate, caller: Treasurer, key: Key
) -> DepositRequest:
    """Always waits for another person's approval, and is then sent over the shop's rail."""
    alliance, approvals = alliance_now(request, caller), _approvals(request)
    asked = Deposit(body.shop, body.account, body.amount_minor)
    return _awaiting(response, request_pay_back(alliance, approvals, caller, asked, posting_key(caller, key)))


@router.post(
    "/shops/{shop}/buy-out",
    operation_id="buyOutShop",
    summary="Buy a leaving shop out",
    status_code=202,
    responses={**PROBLEMS, **responses((409, "The shop is not leaving."))},
)
def post_buy_out(
    request: Request, response: Response, shop: ShopRef, body: ShopBuyOut, caller: Treasurer, key: Key
) -> DepositRequest:
    """The shop's deposit pays for all its points that members hold; whoever bought the shop out pays for them from
    then on. Always waits for another person's approval.
    """
    alliance, approvals = alliance_now(request, caller), _approvals(request)
    own_key = posting_key(caller, key)
    return _awaiting(response, request_buy_out(alliance, approvals, caller, shop, body.by, own_key))


def _approvals(request: Request) -> Approvals:
    approvals: Approvals = request.app.state.approvals
    return approvals


def _awaiting(response: Response, approval: Approval) -> DepositRequest:
    response.status_code = 202
    return DepositRequest(status="awaiting_approval", payment=None, approval=approval.id)
