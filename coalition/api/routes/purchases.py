"""Purchases at a till: a quote that explains itself, and the purchase itself. The hot path of the whole API."""

from collections.abc import Sequence
from contextlib import closing
from fractions import Fraction
from functools import partial
from math import floor
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, SHOP, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_of
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import responses
from coalition.api.routes.purchase_schemas import PurchaseGiven
from coalition.api.times import Moment
from coalition.ids import window_id
from coalition.locale.formats import fraction_text, instant, moment
from coalition.paycodes.errors import PayCodeElsewhere
from coalition.purchases.buyer import Buyer
from coalition.purchases.identify_buyer import booked_before, member_now, member_of_purchase
from coalition.purchases.lines import Line, decode_lines, earned_by_line, encode_lines
from coalition.purchases.purchase import ALL
from coalition.purchases.record import purchase_posting
from coalition.purchases.refund_purchase import find_purchase
from coalition.refusals import RefusedByBook
from settlement import SettlementError, date_text
from settlement.ledger import Move, MoveKind, Posting, Preview, StoredPosting

router = APIRouter(prefix="/v1/purchases", tags=["purchases"])
POSITION = 30

ID = "pur"
Tills = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]
Key = Annotated[str, Depends(idempotency_key)]


class PurchaseShown(BaseModel):
    """A purchase as it was booked."""

    id: str = Field(description="Its id.", examples=["pur_3f6kq0w9z7xdm"])
    shop: str = Field(description="The shop.")
    member: str = Field(description="The member.")
    amount_minor: int = Field(description="What was to be paid, in minor units.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.", examples=["EUR"])
    points_spent: int = Field(description="Points that paid for a part.")
    cash_due_minor: int = Field(
        description="What is left to pay in money, in minor units; a fraction of one is rounded up."
    )
    points_earned: int = Field(description="Points issued for what was paid in money, a debt that they paid included.")
    external_ref: str | None = Field(description="The till's own number.")
    occurred_at: Moment = Field(description="When it happened.")
    window: str = Field(description="The window that it settles in.", examples=["win_20260601T000000Z"])
    late: bool = Field(description="Whether it came after its own window was closed.")


class SpentShown(BaseModel):
    """Points out of one lot."""

    issuer: str = Field(description="The shop where they were earned.")
    expires_on: str = Field(description="The last day they would have been good.", examples=["2027-05-31"])
    points: int = Field(description="How many.")
    worth_minor: str = Field(description="What they pay for, in minor units: exact, so maybe a fraction such as 100/3.")


class LineShown(BaseModel):
    """A line, and what it earns."""

    ref: str = Field(description="The till's name for it.")
    amount_minor: int = Field(description="What it costs in all, in minor units.")
    earns: bool = Field(description="Whether it earns.")
    points_earned: int = Field(description="Its share of the points earned.")


class QuoteShown(BaseModel):
    """What a purchase would do, and why."""

    amount_minor: int = Field(description="What is to be paid, in minor units.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    points_before: int = Field(description="What the member could spend now.")
    points_spent: int = Field(description="Points that would pay for a part.")
    cash_due_minor: int = Field(description="What would be left to pay in money, in minor units.")
    points_earned: int = Field(description="Points that would be issued.")
    points_after: int = Field(description="What the member could spend afterwards.")
    spending: list[SpentShown] = Field(description="Whose points would be spent, in that order.")
    earning_minor: int = Field(description="The part of the amount that can earn, in minor units.")
    earn_points_per_unit: str = Field(description="Points for a whole unit of money, exact.", examples=["5"])
    expires_on: str | None = Field(description="The last day of the new points; null if there are none.")
    lines: list[LineShown] = Field(description="Each line with its share.")


class PurchaseDetail(PurchaseShown):
    """A purchase with all that is known of it."""

    lines: list[LineShown] = Field(description="Each line with its share.")
    recorded_at: Moment = Field(description="When it was booked.")


PROBLEMS = responses(
    (400, "No Idempotency-Key."),
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such shop or member, or none of yours."),
    (
        409,
        "It can't be taken; `code` is why: member_frozen, pay_code_over, pay_code_used, confirmation_needed (send it "
        "again once the member has confirmed the amount), confirmation_declined; or the book's "
        "points_short, limit_reached, shop_not_earning …",
    ),
    (422, "A field can't be used, or the key was used for something else."),
    (503, "Not available now; send it again under the same key."),
)


@router.post(
    "",
    operation_id="createPurchase",
    summary="Record a purchase, spending and earning points",
    status_code=201,
    responses={**PROBLEMS, 201: {"model": PurchaseShown, "description": "Booked, for good."}},
)
async def create_purchase(request: Request, given: PurchaseGiven, who: Tills, key: Key) -> Response:
    """Spends up to `points` of the member's points, soonest expiry first, and issues points for the rest.
    With `accept_partial` false, exactly `points`, or nothing at all.

    Durable when it answers. The same key, or the same `external_ref`, gives the same answer again, with the header
    `Idempotent-Replayed: true`.
    """
    own_shop(who, given.shop)
    alliance = await alliance_of(request, who)
    buying = await member_of_purchase(alliance, given)
    posting = posting_of(alliance, given, buying, posting_key(who, key))
    if buying.problem is None:
        answer = await alliance.poster.post_async(posting)
    else:
        answer = await run_in_threadpool(booked_before, alliance, posting, buying.problem)
    if answer.refusal is not None and answer.refusal.code == "claim_taken":
        raise PayCodeElsewhere
    if answer.refusal is not None:
        raise RefusedByBook(answer.refusal)
    occurred_at = posting.occurred_at
    if answer.replayed and given.occurred_at is None:
        occurred_at = (await run_in_threadpool(alliance.posting, answer.posting_id)).occurred_at
    shown = PurchaseShown(
        id=alliance.programme.ids.public(ID, answer.posting_id),
        shop=given.shop,
        member=buying.member,
        amount_minor=given.amount_minor,
        currency=alliance.book.settings.currency,
        points_spent=answer.total(MoveKind.REDEEM),
        cash_due_minor=cash_due(alliance, given.amount_minor, answer.moves),
        points_earned=answer.total(MoveKind.ISSUE) + answer.total(MoveKind.COMPENSATE),
        external_ref=given.external_ref,
        occurred_at=moment(occurred_at),
        window=window_id(answer.window_id),
        late=answer.late_for is not None,
    )
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else None
    # Made here: the framework would check the answer once more, which costs as much as booking it.
    return Response(shown.model_dump_json(), 201, headers, "application/json")


@router.post(
    "/quote",
    operation_id="quotePurchase",
    summary="What a purchase would do, explained",
    responses={status: problem for status, problem in PROBLEMS.items() if status != 400},
)
async def quote_purchase(request: Request, given: PurchaseGiven, who: Tills) -> QuoteShown:
    """A dry run: nothing is booked, nothing is held. Whose points would be spent, and what each line earns."""
    own_shop(who, given.shop)
    alliance = await alliance_of(request, who)
    buying = await run_in_threadpool(partial(member_now, asks=False), alliance, given)
    if buying.problem is not None:
        raise buying.problem
    posting = posting_of(alliance, given, buying, f"{who.space}:quote")
    preview = await run_in_threadpool(alliance.preview, posting)
    if isinstance(preview.outcome, SettlementError):
        raise preview.outcome
    if preview.outcome.refusal is not None:
        raise RefusedByBook(preview.outcome.refusal)
    return _quote(alliance, given, buying, posting, preview)


@router.get(
    "/{purchase}",
    operation_id="getPurchase",
    summary="A purchase",
    responses=responses((401, "No valid key."), (403, "Not for this role."), (404, "None that you can see.")),
)
async def get_purchase(request: Request, purchase: str, who: Tills) -> PurchaseDetail:
    """A purchase as it was booked."""
    alliance = await alliance_of(request, who)
    found = await run_in_threadpool(purchase_of, alliance, who, purchase)
    return _detail(alliance, purchase, found)


def purchase_of(alliance: Alliance, who: Caller, purchase: str) -> StoredPosting:
    """A purchase by its public id. Answers 404 where there is none, or it is another shop's."""
    posting_id = alliance.programme.ids.posting(ID, purchase)
    found = None
    if posting_id is not None:
        with closing(alliance.database.session()) as session:
            found = find_purchase(alliance, session, posting_id)
    if found is None or not who.may_act_for_shop(str(found.content["shop"])):
        not_found("purchase", purchase)
    return found


def posting_of(alliance: Alliance, given: PurchaseGiven, buying: Buyer, key: str) -> Posting:
    """The request to the book under a key of the book."""
    at = alliance.clock() if given.occurred_at is None else instant(given.occurred_at)
    content: dict[str, str | int] = {}
    if given.occurred_at is not None:
        content["occurred_at"] = at
    if given.external_ref is not None:
        content["external_ref"] = given.external_ref
    if buying.code is not None:
        content["pay_code"] = buying.code.nonce
    if not given.accept_partial:
        content["accept_partial"] = 0
    if given.lines:
        content["lines"] = encode_lines(_lines(given))
    return purchase_posting(
        alliance.book,
        alliance.programme.rules_at(at),
        key,
        at,
        given.shop,
        buying.member,
        given.amount_minor,
        ALL if given.points == "all" else given.points,
        reference=None if given.external_ref is None else f"{given.shop}:{given.external_ref}",
        content=content,
        earning_minor=_earning_minor(given),
        owner=buying.owner,
        pool=buying.pool,
        claim=None if buying.code is None else buying.code.claim,
        exact=not given.accept_partial,
    )


def cash_due(alliance: Alliance, amount_minor: int, moves: Sequence[Move]) -> int:
    """What points left to pay, rounded up, so that the shop is never short of a part of a minor unit."""
    paid = Fraction(0)
    for move in moves:
        if move.kind == MoveKind.REDEEM:
            paid += move.amount * alliance.minor_per_point(move.terms_id)
    return amount_minor - floor(paid)


def _earning_minor(given: PurchaseGiven) -> int:
    if not given.lines:
        return given.amount_minor
    return sum(line.amount_minor for line in given.lines if line.earns)


def _lines(given: PurchaseGiven) -> list[Line]:
    return [Line(line.ref, line.amount_minor, line.earns) for line in given.lines]


def _quote(alliance: Alliance, given: PurchaseGiven, buying: Buyer, posting: Posting, preview: Preview) -> QuoteShown:
    spent, earned = preview.points(MoveKind.REDEEM), preview.points(MoveKind.ISSUE)
    debt_paid = preview.points(MoveKind.COMPENSATE)
    lots = [move for move in preview.moves if move.kind == MoveKind.REDEEM]
    new = next((move for move in preview.moves if move.kind == MoveKind.ISSUE), None)
    own = sum(move.amount for move in lots if preview.account(move.debit).owner == buying.owner)
    before = preview.points_of(buying.owner) + own - earned
    return QuoteShown(
        amount_minor=given.amount_minor,
        currency=alliance.book.settings.currency,
        points_before=before,
        points_spent=spent,
        cash_due_minor=cash_due(alliance, given.amount_minor, lots),
        points_earned=earned + debt_paid,
        points_after=before - own + earned,
        spending=[
            SpentShown(
                issuer=preview.shop(move.issuer),
                expires_on=date_text(preview.account(move.debit).expires_on),
                points=move.amount,
                worth_minor=fraction_text(move.amount * alliance.minor_per_point(move.terms_id)),
            )
            for move in lots
        ],
        earning_minor=_earning_minor(given),
        earn_points_per_unit=fraction_text(alliance.programme.rules_at(posting.occurred_at).earn_points_per_unit),
        expires_on=None if new is None else date_text(preview.account(new.credit).expires_on),
        lines=_lines_shown(_lines(given), earned + debt_paid),
    )


def _detail(alliance: Alliance, id_: str, found: StoredPosting) -> PurchaseDetail:
    content = found.content
    amount_minor = int(content["amount_minor"])
    earned = sum(move.amount for move in found.moves if move.kind in (MoveKind.ISSUE, MoveKind.COMPENSATE))
    lines = decode_lines(str(content["lines"])) if "lines" in content else []
    external_ref = content.get("external_ref")
    return PurchaseDetail(
        id=id_,
        shop=str(content["shop"]),
        member=str(content["member"]),
        amount_minor=amount_minor,
        currency=alliance.book.settings.currency,
        points_spent=sum(move.amount for move in found.moves if move.kind == MoveKind.REDEEM),
        cash_due_minor=cash_due(alliance, amount_minor, found.moves),
        points_earned=earned,
        external_ref=None if external_ref is None else str(external_ref),
        occurred_at=moment(found.occurred_at),
        window=window_id(found.window_id),
        late=found.late_for is not None,
        lines=_lines_shown(lines, earned),
        recorded_at=moment(found.recorded_at),
    )


def _lines_shown(lines: Sequence[Line], earned: int) -> list[LineShown]:
    return [
        LineShown(ref=line.ref, amount_minor=line.amount_minor, earns=line.earns, points_earned=share)
        for line, share in zip(lines, earned_by_line(lines, earned), strict=True)
    ]
