"""Refunds of purchases: whole, by amount, by line; before and after the window was settled."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.caller import HELPERS, SHOP, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.field_texts import field_error
from coalition.api.fields import AMOUNT_MAX, Text
from coalition.api.idempotency import posting_key
from coalition.api.problems import invalid, responses
from coalition.api.routes.purchase_schemas import LINES_MAX
from coalition.api.routes.purchases import Key, own_purchase
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import moment
from coalition.purchases.find_purchase import FoundPurchase
from coalition.purchases.find_purchases import purchase_of_receipt
from coalition.purchases.refund_purchase import RefundRequest, refund_purchase
from settlement import Phrase

router = APIRouter(prefix="/v1/refunds", tags=["refunds"])
POSITION = 40

Tills = Annotated[Caller, Depends(allow(SHOP | HELPERS))]


class RefundCreate(BaseModel):
    """What to refund of a purchase: an amount, or lines, or neither for all that is left."""

    model_config = ConfigDict(extra="forbid")

    purchase: Text | None = Field(
        default=None,
        description="The purchase's id; give either this or `external_ref`.",
        examples=["pur_3f6kq0w9z7xdm"],
    )
    external_ref: Text | None = Field(
        default=None, description="The till's own number of the sale: its receipt.", examples=["2026-000184"]
    )
    shop: Text | None = Field(
        default=None, description="The shop whose receipt it is. A till may leave it out: it is its own."
    )
    amount_minor: StrictInt | None = Field(
        default=None, description="How much of it, in minor units.", ge=1, le=AMOUNT_MAX, examples=[500]
    )
    lines: list[Text] = Field(default=[], max_length=LINES_MAX, description="Which lines of it, by their refs.")

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.purchase is None) == (self.external_ref is None):
            raise field_error("purchase_or_receipt")
        if self.lines and self.amount_minor is not None:
            raise field_error("refund_two_ways")
        if len(set(self.lines)) < len(self.lines):
            raise field_error("line_twice")
        return self


class Refund(BaseModel):
    """A refund as it was booked."""

    id: str = Field(description="Its id.", examples=["ref_0c7m3kq5t1zfa"])
    purchase: str = Field(description="The purchase.")
    shop: str = Field(description="The shop that refunds.")
    member: str = Field(description="The member.")
    amount_minor: int = Field(description="How much of the purchase's amount went back, in minor units.")
    points_returned: int = Field(
        description="Points that went back to the lots they were spent from, and are good still."
    )
    points_expired: int = Field(description="Points that went back too, but whose last day is over: they are gone.")
    points_settled: int = Field(description="Points of those returned that paid what the member owed before.")
    points_taken_back: int = Field(
        description="Points earned that were taken back: out of lots, or owed. Where the rate has changed, points "
        "of other lots stand for them by value."
    )
    points_waived: int = Field(description="Points earned that had expired before: nobody has them, nobody owes them.")
    debt_points: int = Field(
        description="The part of those taken back that the member has spent or given away: the next points pay it."
    )
    recorded_at: Moment = Field(description="When it was booked.")
    window: str = Field(description="The window that it settles in.", examples=["win_20260601T000000Z"])


@router.post(
    "",
    operation_id="createRefund",
    summary="Refund a purchase",
    status_code=201,
    responses=responses(
        (400, "No Idempotency-Key."),
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such purchase, or none of yours."),
        (409, "More than is left, or a line that the purchase does not have or that was refunded; `code` is why."),
        (422, "A field can't be used, or the key was used for something else."),
        (503, "Not available now; send it again under the same key."),
    ),
)
def create_refund(request: Request, response: Response, body: RefundCreate, caller: Tills, key: Key) -> Refund:
    """Points that paid go back to the lots they came from, wherever those were earned; points earned are taken back.

    What the member has spent or given away of them becomes a debt to this shop, which the next points pay; what has
    expired, or was corrected by staff, is taken from nobody. A closed window stays closed: the refund settles in the
    open one.
    """
    alliance = alliance_now(request, caller)
    purchase = purchase_meant(alliance, caller, body)
    booked = refund_purchase(
        alliance, purchase, posting_key(caller, key), RefundRequest(body.amount_minor, tuple(body.lines))
    )
    if booked.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return Refund(
        id=booked.id,
        purchase=purchase.id,
        shop=purchase.shop,
        member=purchase.member,
        amount_minor=booked.amount_minor,
        points_returned=booked.points.returned,
        points_expired=booked.points.expired,
        points_settled=booked.points.settled,
        points_taken_back=booked.points.taken_back,
        points_waived=booked.points.waived,
        debt_points=booked.points.owed,
        recorded_at=moment(booked.recorded_at),
        window=window_id(booked.window_id),
    )


def purchase_meant(alliance: Alliance, caller: Caller, body: RefundCreate) -> FoundPurchase:
    """The purchase that a refund names, by its id or by its receipt. Answers 404 where the caller sees none."""
    if body.purchase is not None:
        return own_purchase(alliance, caller, body.purchase)
    shop, receipt = body.shop or caller.shop, str(body.external_ref)
    if shop is None:
        raise invalid("shop", "receipt_shop")
    purchase = purchase_of_receipt(alliance, shop, receipt) if caller.may_act_for_shop(shop) else None
    if purchase is None:
        not_found(Phrase("purchase"), receipt)
    return purchase
