"""Refunds of purchases: whole, by amount, by line; before and after the window was settled."""

from typing import Annotated, Self

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.caller import ALLIANCE, SELLERS, SHOP, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.field_texts import field_error
from coalition.api.fields import AMOUNT_MAX, Text
from coalition.api.idempotency import posting_key
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page
from coalition.api.posting_lists import SentKey, rows_asked_for
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.api.routes.purchase_schemas import LINES_MAX
from coalition.api.routes.purchases import Key, own_purchase
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import moment
from coalition.purchases.find_by_receipt import purchase_of_receipt
from coalition.purchases.find_purchase import FoundPurchase
from coalition.purchases.find_refund import FoundRefund, find_refund, found_refund
from coalition.purchases.posting_kind import REFUNDS
from coalition.purchases.refund_purchase import refund_purchase
from coalition.purchases.refund_shares import RefundRequest
from coalition.tills.shift_cache import sold_by_now
from settlement import Phrase

router = Router(prefix="/v1/refunds", tags=["refunds"])
POSITION = 40

Sellers = Annotated[Caller, Depends(allow(SELLERS))]
Readers = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]
RefundId = Annotated[Text, Path(description="The refund's id.", examples=["ref_0c7m3kq5t1zfa"])]


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
    shift: Text | None = Field(
        default=None, description="At a connected till: the shift of whoever is signed in there (`beginShift`)."
    )

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
    member: str | None = Field(description="The member; null to a shop that named them by a contact.")
    amount_minor: int = Field(description="How much of the purchase's amount went back, in minor units.")
    cash_back_minor: int = Field(
        description="The part of it that the shop gives back in money: what no points had paid for."
    )
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
    till: str | None = Field(description="The connected till that booked it; null for what came by a key.")
    cashier: str | None = Field(description="The cashier who was signed in there.")


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
        (
            409,
            "More than is left, a line that the purchase does not have or that was refunded, or nobody is signed in at "
            "the till; `code` is why.",
        ),
        (422, "A field can't be used, or the key was used for something else."),
        (503, "Not available now; send it again under the same key."),
    ),
)
def create_refund(request: Request, response: Response, body: RefundCreate, caller: Sellers, key: Key) -> Refund:
    """Points that paid go back to the lots they came from, wherever those were earned; points earned are taken back.

    What the member has spent or given away of them becomes a debt to this shop, which the next points pay; what has
    expired, or was corrected by staff, is taken from nobody. A closed window stays closed: the refund settles in the
    open one.
    """
    alliance = alliance_now(request, caller)
    refund, replayed = book_refund(alliance, caller, body, key)
    if replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return refund


@router.get(
    "",
    operation_id="listRefunds",
    summary="Refunds of purchases, the newest first",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such shop or purchase, or none of yours."),
        (422, "A field can't be used."),
    ),
)
def list_refunds(
    request: Request,
    caller: Readers,
    key: SentKey = None,
    shop: Annotated[Text | None, Query(description="Only refunds at this shop. A till sees its own shop's.")] = None,
    member: Annotated[
        Text | None, Query(description="Only refunds to this member, whichever of their ids the purchase has.")
    ] = None,
    since: Annotated[Moment | None, Query(description="Only those recorded at this moment or later.")] = None,
    until: Annotated[Moment | None, Query(description="Only those recorded before this moment.")] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[Refund]:
    """Those that are like this in every way that is asked for. Captured points that were given back are shown by their
    hold.
    """
    alliance = alliance_now(request, caller)
    rows = rows_asked_for(
        alliance,
        caller,
        REFUNDS,
        key=key,
        shop=shop,
        member=member,
        since=since,
        until=until,
        cursor=cursor,
        limit=limit,
    )
    return page(rows, limit, lambda row: [row.place], lambda row: _render(caller, found_refund(alliance, row.posting)))


@router.get(
    "/{refund}",
    operation_id="getRefund",
    summary="A refund",
    responses=responses((401, "No valid key."), (403, "Not for this role."), (404, "None that you can see.")),
)
def get_refund(request: Request, refund: RefundId, caller: Readers) -> Refund:
    """A refund of a purchase as it was booked."""
    booked = find_refund(alliance_now(request, caller), refund)
    if booked is None or not caller.may_act_for_shop(booked.shop):
        not_found(Phrase("refund"), refund)
    return _render(caller, booked)


def _render(caller: Caller, booked: FoundRefund) -> Refund:
    refund = booked.refund
    return Refund(
        id=refund.id,
        purchase=booked.purchase,
        shop=booked.shop,
        member=None if booked.by_contact and caller.role in SHOP else booked.member,
        amount_minor=refund.amount_minor,
        cash_back_minor=refund.cash_back_minor,
        points_returned=refund.points.returned,
        points_expired=refund.points.expired,
        points_settled=refund.points.settled,
        points_taken_back=refund.points.taken_back,
        points_waived=refund.points.waived,
        debt_points=refund.points.owed,
        recorded_at=moment(refund.recorded_at),
        window=window_id(refund.window_id),
        till=refund.till,
        cashier=refund.cashier,
    )


def book_refund(alliance: Alliance, caller: Caller, body: RefundCreate, key: str) -> tuple[Refund, bool]:
    """Refund under a key of the caller's, alone or in a batch; whether it was booked before.

    Raises the errors that it is answered with.
    """
    purchase = _purchase_meant(alliance, caller, body)
    wanted = RefundRequest(body.amount_minor, tuple(body.lines))
    by = sold_by_now(alliance, caller.id, body.shift, None)
    booked = refund_purchase(alliance, purchase, posting_key(caller, key), wanted, by)
    refund = FoundRefund(purchase.id, purchase.shop, purchase.member, booked, purchase.by_contact)
    return _render(caller, refund), booked.replayed


def _purchase_meant(alliance: Alliance, caller: Caller, body: RefundCreate) -> FoundPurchase:
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
