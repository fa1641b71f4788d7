"""Holds: points locked for a shop, then captured in full or in part, or released; by themselves when they lapse."""

from typing import Annotated, Self

from fastapi import Depends, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.caller import ALLIANCE, OWNERS, SELLERS, SHOP, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now, alliance_of
from coalition.api.field_texts import field_error
from coalition.api.fields import POINTS_MAX, HoldId, Text
from coalition.api.idempotency import posting_key
from coalition.api.paging import LIMIT_DEFAULT, Cursor, Limit, Page, page
from coalition.api.posting_lists import SentKey, rows_asked_for
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.purchase_schemas import PAY_CODE, PayCode
from coalition.api.routes.purchases import Key
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.purchases import capture_hold as capturing
from coalition.purchases import refund_hold as refunding
from coalition.purchases import release_hold as releasing
from coalition.purchases.check_sale import SaleAsked, allowed_sale
from coalition.purchases.find_hold import HoldStatus, PlacedHold, read_hold, read_holds
from coalition.purchases.follow_hold import AnsweredHold
from coalition.purchases.hold_points import NewHold, hold_points
from coalition.purchases.identify_buyer import BuyerNamed
from coalition.purchases.posting_kind import HOLDS
from settlement import Phrase
from settlement.ledger import StoredPosting

router = Router(prefix="/v1/holds", tags=["holds"])
POSITION = 50

SECONDS_DEFAULT, SECONDS_MAX = 900, 7 * 24 * 3600
Sellers = Annotated[Caller, Depends(allow(SELLERS))]
Readers = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]

PROBLEMS = responses(
    (400, "No Idempotency-Key."),
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such hold, shop or member, or none of yours."),
    (
        409,
        "It can't be booked; `code` is why: member_frozen, consent_needed, spend_locked, pay_code_over, pay_code_used, "
        "confirmation_needed (send it again once the member has confirmed the amount), points_short, hold_resolved, "
        "hold_lapsed, refund_exceeds_original …",
    ),
    (422, "A field can't be used, or the key was used for something else."),
    (429, "More than the limit, or too many wrong pay codes; Retry-After says when."),
    (503, "Not available now; send it again under the same key."),
)


class HoldCreate(BaseModel):
    """Points to lock."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop.", examples=["bakery"])
    member: Text | None = Field(
        default=None,
        description="The member's id, which spends only up to the alliance's amount, 0 by default. Name the member by "
        "one of `member`, `pay_code` and `confirmation`.",
        examples=["mem_ann"],
    )
    pay_code: PayCode | None = Field(default=None, description=PAY_CODE)
    confirmation: Text | None = Field(
        default=None,
        description="The confirmation that this shop asked for, of the amount that the points are worth at the most.",
    )
    points: StrictInt = Field(
        description="How many; fewer only with `accept_partial`.", ge=1, le=POINTS_MAX, examples=[300]
    )
    accept_partial: bool = Field(
        default=False,
        description="Whether fewer are locked where the member has fewer. `false`: exactly so many are locked, or the "
        "hold is refused (`points_short`).",
    )
    lapses_after_seconds: StrictInt = Field(
        default=SECONDS_DEFAULT,
        ge=1,
        le=SECONDS_MAX,
        description="After how many seconds it lapses, and its points are free again.",
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(name is not None for name in (self.member, self.pay_code, self.confirmation)) != 1:
            raise field_error("one_holder")
        return self


class HoldCapture(BaseModel):
    """What to take of a hold."""

    model_config = ConfigDict(extra="forbid")

    points: StrictInt = Field(description="How many of its points; the rest is free again.", ge=1, le=POINTS_MAX)


class HoldRefund(BaseModel):
    """What to give back of a captured hold."""

    model_config = ConfigDict(extra="forbid")

    points: StrictInt = Field(description="How many of the captured points go back.", ge=1, le=POINTS_MAX)


class Hold(BaseModel):
    """A hold as it stands."""

    id: str = Field(description="Its id.", examples=["hold_7x1r5c0v8jq2e"])
    shop: str = Field(description="The shop.")
    member: str | None = Field(description="The member; null to a shop that named them by a contact.")
    points: int = Field(description="How many points it locked.")
    status: HoldStatus = Field(
        description="What became of it. `lapsing`: its time is over, so it can't be captured any more, but its points "
        "are still locked; they are free again within seconds, when it is `lapsed`, or at once if it is released."
    )
    points_captured: int = Field(description="How many of them were spent.")
    points_returned: int = Field(description="How many of those were given back since.")
    lapses_at: Moment = Field(description="Until when it can be captured; then it lapses.")
    created_at: Moment = Field(description="When it was placed.")


@router.post("", operation_id="createHold", summary="Lock points for a shop", status_code=201, responses=PROBLEMS)
async def create_hold(request: Request, response: Response, body: HoldCreate, caller: Sellers, key: Key) -> Hold:
    """The points stay the member's, but nobody can spend them until the hold is captured, released or lapses.

    The member's own are taken first, then those of their household, as in a purchase. With a pay code, the member
    confirms first what is worth more than the alliance's threshold, as for a purchase.
    """
    own_shop(caller, body.shop)
    alliance = await alliance_of(request, caller)
    new = NewHold(
        body.shop,
        BuyerNamed(body.member, body.pay_code, body.confirmation, till=caller.id),
        body.points,
        body.lapses_after_seconds,
        body.accept_partial,
        by_id=caller.role in OWNERS,
    )
    own_key, worth_minor = posting_key(caller, key), await run_in_threadpool(alliance.worth_at_most, body.points)
    asked = SaleAsked(body.shop, worth_minor, body.points)
    async with allowed_sale(alliance, request.app.state.approvals, caller, asked, own_key) as sale:
        held = await hold_points(alliance, new, own_key)
        sale.replayed, sale.points_spent = held.replayed, held.hold.points
    return _answer(caller, response, held)


@router.post("/{hold}/capture", operation_id="captureHold", summary="Spend points of a hold", responses=PROBLEMS)
async def capture_hold(
    request: Request, response: Response, hold: HoldId, body: HoldCapture, caller: Sellers, key: Key
) -> Hold:
    """Spends all or some of its points at its shop, once; the rest is free again."""
    alliance, held = await _own_hold(request, caller, hold)
    return _answer(
        caller, response, await capturing.capture_hold(alliance, held, body.points, posting_key(caller, key))
    )


@router.post("/{hold}/release", operation_id="releaseHold", summary="Give a hold up", responses=PROBLEMS)
async def release_hold(request: Request, response: Response, hold: HoldId, caller: Sellers, key: Key) -> Hold:
    """Its points are free again at once."""
    alliance, held = await _own_hold(request, caller, hold)
    return _answer(caller, response, await releasing.release_hold(alliance, held, posting_key(caller, key)))


@router.post("/{hold}/refund", operation_id="refundHold", summary="Give captured points back", responses=PROBLEMS)
async def refund_hold(
    request: Request, response: Response, hold: HoldId, body: HoldRefund, caller: Sellers, key: Key
) -> Hold:
    """They go back to the lots they came from, the last taken first; in parts, up to what was captured."""
    alliance, held = await _own_hold(request, caller, hold)
    return _answer(caller, response, await refunding.refund_hold(alliance, held, body.points, posting_key(caller, key)))


@router.get(
    "",
    operation_id="listHolds",
    summary="Holds, the newest first",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such shop, or none of yours."),
        (422, "A field can't be used."),
    ),
)
def list_holds(
    request: Request,
    caller: Readers,
    key: SentKey = None,
    shop: Annotated[Text | None, Query(description="Only holds for this shop. A till sees its own shop's.")] = None,
    member: Annotated[
        Text | None, Query(description="Only holds of this member, whichever of their ids was sent.")
    ] = None,
    since: Annotated[Moment | None, Query(description="Only those placed at this moment or later.")] = None,
    until: Annotated[Moment | None, Query(description="Only those placed before this moment.")] = None,
    limit: Limit = LIMIT_DEFAULT,
    cursor: Cursor = None,
) -> Page[Hold]:
    """Those that are like this in every way that is asked for, each as it stands now."""
    alliance = alliance_now(request, caller)
    rows = rows_asked_for(
        alliance,
        caller,
        HOLDS,
        key=key,
        shop=shop,
        member=member,
        since=since,
        until=until,
        cursor=cursor,
        limit=limit,
    )
    holds = {
        row.posting.id: hold
        for row, hold in zip(rows, read_holds(alliance, [row.posting for row in rows]), strict=True)
    }
    return page(rows, limit, lambda row: [row.place], lambda row: _render(caller, holds[row.posting.id]))


@router.get(
    "/{hold}",
    operation_id="getHold",
    summary="A hold",
    responses=responses((401, "No valid key."), (403, "Not for this role."), (404, "None that you can see.")),
)
async def get_hold(request: Request, hold: HoldId, caller: Readers) -> Hold:
    """A hold as it stands now."""
    alliance, held = await _own_hold(request, caller, hold)
    return _render(caller, await run_in_threadpool(read_hold, alliance, held.id))


async def _own_hold(request: Request, caller: Caller, hold: str) -> tuple[Alliance, StoredPosting]:
    """The caller's alliance, and a hold by its public id. Answers 404 for an unknown one and for another shop's."""
    alliance = await alliance_of(request, caller)
    held = await run_in_threadpool(HOLDS.find, alliance, hold)
    if held is None or not caller.may_act_for_shop(str(held.content["shop"])):
        not_found(Phrase("hold"), hold)
    return alliance, held


def _answer(caller: Caller, response: Response, answered: AnsweredHold) -> Hold:
    if answered.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return _render(caller, answered.hold)


def _render(caller: Caller, hold: PlacedHold) -> Hold:
    return Hold(
        id=hold.id,
        shop=hold.shop,
        member=None if hold.by_contact and caller.role in SHOP else hold.member,
        points=hold.points,
        status=hold.status,
        points_captured=hold.points_captured,
        points_returned=hold.points_returned,
        lapses_at=moment(hold.lapses_at),
        created_at=moment(hold.created_at),
    )
