"""Holds: points locked for a shop, then captured in full or in part, or released; by themselves when they lapse."""

from collections.abc import Mapping
from contextlib import closing
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, HELPERS, SHOP, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_of
from coalition.api.fields import ID_PATTERN, POINTS_MAX, Text
from coalition.api.idempotency import posting_key
from coalition.api.problems import ApiError, responses
from coalition.api.routes.purchases import Key
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.purchases.buyer import buyer_of_id
from coalition.purchases.hold import HoldPlan
from coalition.purchases.identify_buyer import booked_before
from coalition.refusals import RefusedByBook
from settlement.ledger import (
    Capture,
    Hold,
    HoldState,
    Leg,
    MoveKind,
    Posting,
    RefundSpend,
    Release,
    StoredPosting,
    hold_state,
    posting_by_id,
    postings_that_refer_to,
)

router = APIRouter(prefix="/v1/holds", tags=["holds"])
POSITION = 50

ID = "hold"
SECONDS_DEFAULT, SECONDS_MAX = 900, 7 * 24 * 3600
HoldStatus = Literal["open", "captured", "released", "lapsing", "lapsed"]
Tills = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]
Refunders = Annotated[Caller, Depends(allow(SHOP | HELPERS))]

PROBLEMS = responses(
    (400, "No Idempotency-Key."),
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such hold, shop or member, or none of yours."),
    (
        409,
        "It can't be taken; `code` is why: member_frozen, points_short, hold_resolved, hold_lapsed, "
        "refund_exceeds_original …",
    ),
    (422, "A field can't be used, or the key was used for something else."),
    (503, "Not available now; send it again under the same key."),
)


class HoldGiven(BaseModel):
    """Points to lock."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop.", examples=["bakery"])
    member: str = Field(description="The member's id.", pattern=ID_PATTERN, examples=["mem_ann"])
    points: StrictInt = Field(
        description="How many; fewer only with `accept_partial`.", ge=1, le=POINTS_MAX, examples=[300]
    )
    accept_partial: bool = Field(
        default=False,
        description="Whether fewer are locked where the member has fewer. `false`: exactly so many, or it is refused "
        "(`points_short`).",
    )
    lapses_after_seconds: StrictInt = Field(
        default=SECONDS_DEFAULT, ge=1, le=SECONDS_MAX, description="After how long it is released by itself."
    )


class CaptureGiven(BaseModel):
    """What to take of a hold."""

    model_config = ConfigDict(extra="forbid")

    points: StrictInt = Field(description="How many of its points; the rest is free again.", ge=1, le=POINTS_MAX)


class HoldRefundGiven(BaseModel):
    """What to give back of a captured hold."""

    model_config = ConfigDict(extra="forbid")

    points: StrictInt = Field(description="How many of the captured points go back.", ge=1, le=POINTS_MAX)


class HoldShown(BaseModel):
    """A hold as it stands."""

    id: str = Field(description="Its id.", examples=["hold_7x1r5c0v8jq2e"])
    shop: str = Field(description="The shop.")
    member: str = Field(description="The member.")
    points: int = Field(description="How many points it locked.")
    status: HoldStatus = Field(
        description="What became of it. `lapsing`: its time is over, so it can't be captured any more, and its points "
        "are still locked; they come back within seconds, as `lapsed`, or at once if it is released."
    )
    points_captured: int = Field(description="How many of them were spent.")
    points_returned: int = Field(description="How many of those were given back since.")
    lapses_at: Moment = Field(description="Until when it can be captured; then it is released by itself.")
    created_at: Moment = Field(description="When it was placed.")


@router.post("", operation_id="createHold", summary="Lock points for a shop", status_code=201, responses=PROBLEMS)
async def create_hold(request: Request, response: Response, given: HoldGiven, who: Tills, key: Key) -> HoldShown:
    """The points stay whose they are, but nobody else can take them until the hold is captured, released or lapses.

    The member's own come first, then those of their household, as in a purchase.
    """
    own_shop(who, given.shop)
    alliance = await alliance_of(request, who)
    now = alliance.clock()
    content: dict[str, str | int] = {
        "type": "hold",
        "shop": given.shop,
        "member": given.member,
        "points": given.points,
        "lapses_after_seconds": given.lapses_after_seconds,
    }
    if given.accept_partial:
        content["accept_partial"] = 1
    buying = await run_in_threadpool(buyer_of_id, alliance, given.member)
    asked = given.shop, buying.owner, given.points, now + given.lapses_after_seconds * 1_000_000, buying.pool
    legs = HoldPlan(*asked) if given.accept_partial else [Hold(*asked)]
    posting = Posting(posting_key(who, key), now, content, legs)
    if buying.problem is not None:
        await run_in_threadpool(booked_before, alliance, posting, buying.problem)
    placed = await _post(alliance, posting, response)
    return await run_in_threadpool(_shown, alliance, placed)


@router.post("/{hold}/capture", operation_id="captureHold", summary="Spend points of a hold", responses=PROBLEMS)
async def capture_hold(
    request: Request, response: Response, hold: str, given: CaptureGiven, who: Tills, key: Key
) -> HoldShown:
    """Spends all or some of its points at its shop, once; the rest is free again."""
    alliance = await alliance_of(request, who)
    held = await run_in_threadpool(_hold_of, alliance, who, hold)
    leg = Capture(held.id, given.points)
    asked: dict[str, str | int] = {"type": "capture", "points": given.points}
    await _follow(alliance, held, asked, leg, posting_key(who, key), response)
    return await run_in_threadpool(_shown, alliance, held.id)


@router.post("/{hold}/release", operation_id="releaseHold", summary="Give a hold up", responses=PROBLEMS)
async def release_hold(request: Request, response: Response, hold: str, who: Tills, key: Key) -> HoldShown:
    """Its points are free again at once."""
    alliance = await alliance_of(request, who)
    held = await run_in_threadpool(_hold_of, alliance, who, hold)
    await _follow(alliance, held, {"type": "release"}, Release(held.id), posting_key(who, key), response)
    return await run_in_threadpool(_shown, alliance, held.id)


@router.post("/{hold}/refund", operation_id="refundHold", summary="Give captured points back", responses=PROBLEMS)
async def refund_hold(
    request: Request, response: Response, hold: str, given: HoldRefundGiven, who: Refunders, key: Key
) -> HoldShown:
    """They go back to the very lots they came from, the last taken first; in parts, up to what was captured."""
    alliance = await alliance_of(request, who)
    held = await run_in_threadpool(_hold_of, alliance, who, hold)
    capture = await run_in_threadpool(_capture_of, alliance, held.id)
    if capture is None:
        raise ApiError("refund_exceeds_original", "Nothing of this hold was captured, so nothing can go back.")
    leg = RefundSpend(capture.id, given.points)
    asked: dict[str, str | int] = {"type": "refund", "points": given.points}
    await _follow(alliance, held, asked, leg, posting_key(who, key), response)
    return await run_in_threadpool(_shown, alliance, held.id)


@router.get(
    "/{hold}",
    operation_id="getHold",
    summary="A hold",
    responses=responses((401, "No valid key."), (403, "Not for this role."), (404, "None that you can see.")),
)
async def get_hold(request: Request, hold: str, who: Tills) -> HoldShown:
    """A hold as it stands now."""
    alliance = await alliance_of(request, who)
    held = await run_in_threadpool(_hold_of, alliance, who, hold)
    return await run_in_threadpool(_shown, alliance, held.id)


async def _follow(
    alliance: Alliance, held: StoredPosting, asked: Mapping[str, str | int], leg: Leg, key: str, response: Response
) -> None:
    """Post what follows a hold. `asked` is what the caller said of it."""
    content = {"hold": held.id, "shop": held.content["shop"], "member": held.content["member"], **asked}
    await _post(alliance, Posting(key, alliance.clock(), content, [leg]), response)


async def _post(alliance: Alliance, posting: Posting, response: Response) -> int:
    answer = await alliance.poster.post_async(posting)
    if answer.refusal is not None:
        raise RefusedByBook(answer.refusal)
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return answer.posting_id


def _hold_of(alliance: Alliance, who: Caller, hold: str) -> StoredPosting:
    posting_id = alliance.programme.ids.posting(ID, hold)
    found = None
    if posting_id is not None:
        with closing(alliance.database.session()) as session:
            found = posting_by_id(alliance.book, session, posting_id)
    if found is None or found.refusal is not None or found.content.get("type") != "hold":
        not_found("hold", hold)
    if not who.may_act_for_shop(str(found.content["shop"])):
        not_found("hold", hold)
    return found


def _capture_of(alliance: Alliance, hold: int) -> StoredPosting | None:
    with closing(alliance.database.session()) as session:
        return _capture(postings_that_refer_to(alliance.book, session, hold))


def _capture(after: list[StoredPosting]) -> StoredPosting | None:
    return next((one for one in after if one.content.get("type") == "capture"), None)


def _shown(alliance: Alliance, posting_id: int) -> HoldShown:
    with closing(alliance.database.session()) as session:
        placed = posting_by_id(alliance.book, session, posting_id)
        state = hold_state(alliance.book, session, posting_id)
        after = postings_that_refer_to(alliance.book, session, posting_id)
        capture = _capture(after)
        refunds = [] if capture is None else postings_that_refer_to(alliance.book, session, capture.id)
    if placed is None or state is None:
        raise RuntimeError(f"hold {posting_id} was just there")
    return HoldShown(
        id=alliance.programme.ids.public(ID, posting_id),
        shop=str(placed.content["shop"]),
        member=str(placed.content["member"]),
        points=sum(move.amount for move in placed.moves),
        status=_status(state, after, alliance.clock()),
        points_captured=sum(move.amount for one in after for move in one.moves if move.kind == MoveKind.REDEEM),
        points_returned=sum(move.amount for one in refunds for move in one.moves if move.kind == -MoveKind.REDEEM),
        lapses_at=moment(state.lapses_at),
        created_at=moment(placed.recorded_at),
    )


def _status(state: HoldState, after: list[StoredPosting], now: int) -> HoldStatus:
    if state.resolved_by is None:
        # The book knows a hold that lapsed by its release: until the sweep no balance has its points, so none is told.
        return "open" if now <= state.lapses_at else "lapsing"
    kinds = {one.content.get("type") for one in after}
    if "capture" in kinds:
        return "captured"
    return "released" if "release" in kinds else "lapsed"
