"""Voids: a purchase or a hold whose answer was lost, undone by its key, whether it was ever made or not."""

from typing import Annotated

from fastapi import Depends, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import SELLERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import Text
from coalition.api.idempotency import KEY_CHARS_MAX, REPEATABLE, posting_key
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.purchases.void_hold import void_hold as void_held
from coalition.purchases.void_purchase import VoidOutcome
from coalition.purchases.void_purchase import void_purchase as void_bought
from coalition.tills.shift_cache import voided_by

router = Router(prefix="/v1")
POSITION = 55

Sellers = Annotated[Caller, Depends(allow(SELLERS))]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (422, "A field can't be used, or the key was used for another kind of request."),
    (503, "Not available now; send it again."),
)


class VoidCreate(BaseModel):
    """The key of what is to be voided."""

    model_config = ConfigDict(extra="forbid")

    idempotency_key: Annotated[Text, Field(max_length=KEY_CHARS_MAX)] = Field(
        description="The Idempotency-Key under which it was sent, or was going to be sent.",
        examples=["till-3-receipt-1842"],
    )
    shift: Text | None = Field(
        default=None,
        description="At a connected till: the shift of whoever is signed in there. A void succeeds without one too.",
    )


class Void(BaseModel):
    """What became of it."""

    idempotency_key: str = Field(description="The key, which is dead now: whatever comes under it is `key_voided`.")
    outcome: VoidOutcome = Field(
        description="`never_made`: nothing was booked under the key, and nothing ever will be. `undone`: it was "
        "booked, and this void has undone what was left of it."
    )
    voided_at: Moment = Field(description="When it was voided.")


class PurchaseVoid(Void):
    """A voided purchase. The figures are what this void did; they are zero where refunds had undone all before."""

    purchase: str | None = Field(description="The purchase's id, where it was made.")
    cash_back_minor: int = Field(description="The money to give back of what was paid, in minor units.")
    points_returned: int = Field(description="Points that went back to the lots they were spent from.")
    points_taken_back: int = Field(description="Points earned that were taken back.")
    debt_points: int = Field(
        description="The part of those that the member had spent already: the next points earned pay it."
    )


class HoldVoid(Void):
    """A voided hold. The figures are what this void did; they are zero where nothing was locked or spent any more."""

    hold: str | None = Field(description="The hold's id, where it was placed.")
    points_released: int = Field(description="Points that were locked, and are free again.")
    points_returned: int = Field(description="Points that were captured, and went back to the lots they came from.")


@router.post(
    "/purchases/void",
    operation_id="voidPurchase",
    summary="Void a purchase by its key",
    tags=["purchases"],
    responses=PROBLEMS,
    openapi_extra={REPEATABLE: True},
)
def void_purchase(request: Request, body: VoidCreate, caller: Sellers) -> PurchaseVoid:
    """For a purchase whose answer was lost, when the sale is given up. It succeeds whether the purchase was never
    made, is under way or was made: afterwards the sale is undone, and the key is dead.

    What was made is undone as by a refund of all that is left of it: points that paid go back, points earned are
    taken back. Its `external_ref` stays with it. Safe to send again: the answer is the same.
    """
    alliance = alliance_now(request, caller)
    voided = void_bought(
        alliance, posting_key(caller, body.idempotency_key), voided_by(alliance, caller.id, body.shift)
    )
    refund = voided.refund
    return PurchaseVoid(
        idempotency_key=body.idempotency_key,
        outcome=voided.outcome,
        voided_at=moment(voided.voided_at),
        purchase=voided.purchase,
        cash_back_minor=voided.cash_back_minor,
        points_returned=0 if refund is None else refund.points.returned,
        points_taken_back=0 if refund is None else refund.points.taken_back,
        debt_points=0 if refund is None else refund.points.owed,
    )


@router.post(
    "/holds/void",
    operation_id="voidHold",
    summary="Void a hold by its key",
    tags=["holds"],
    responses=PROBLEMS,
    openapi_extra={REPEATABLE: True},
)
def void_hold(request: Request, body: VoidCreate, caller: Sellers) -> HoldVoid:
    """For a hold whose answer was lost. It succeeds whether the hold was never placed, is under way or was placed:
    an open hold is released, and of a captured one all that was captured goes back to the member. A capture that
    comes later is refused.

    A capture or a refund whose own answer was lost needs no void: send it again under its key.
    """
    alliance = alliance_now(request, caller)
    voided = void_held(alliance, posting_key(caller, body.idempotency_key))
    return HoldVoid(
        idempotency_key=body.idempotency_key,
        outcome=voided.outcome,
        voided_at=moment(voided.voided_at),
        hold=voided.hold,
        points_released=voided.points_released,
        points_returned=voided.points_returned,
    )
