"""Purchases at a till: a quote, and the purchase itself. The hot path of the whole API."""

from fractions import Fraction
from math import ceil
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, model_validator

from coalition.access.caller import ALLIANCE, SHOP, Caller
from coalition.api.access import allow, own_shop
from coalition.api.alliance import alliance_of
from coalition.api.fields import ID_PATTERN
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import refused, responses
from coalition.api.times import Moment, instant, moment
from coalition.app import Alliance
from coalition.members.errors import MemberError, PayCodeElsewhere
from coalition.paycodes.code import CHARS_MAX as PAY_CODE_CHARS_MAX
from coalition.purchases.buyer import Buyer, buyer, code_of, needs_word, with_word
from coalition.purchases.purchase import ALL
from coalition.purchases.record import purchase_posting
from settlement import Answer, MoveKind, Posting, SettlementError

router = APIRouter(prefix="/v1/purchases", tags=["purchases"])

AMOUNT_MAX = 10**12
POINTS_MAX = 10**15
ID = "pur"
Tills = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]
Key = Annotated[str, Depends(idempotency_key)]


class PurchaseGiven(BaseModel):
    """A purchase at a till."""

    model_config = ConfigDict(extra="forbid")

    shop: str = Field(description="The shop.", min_length=1, max_length=100, examples=["bakery"])
    member: str | None = Field(
        default=None,
        description="The member's id; give either this or `pay_code`.",
        pattern=ID_PATTERN,
        examples=["mem_4k8q2m0w9z7xdmh3f6kq0w9z7x"],
    )
    pay_code: str | None = Field(
        default=None,
        description="The code that the member's phone shows. It is good for a minute and for one purchase.",
        pattern=r"^[!-~]+$",
        max_length=PAY_CODE_CHARS_MAX,
    )
    amount_minor: int = Field(description="What is to be paid, in minor units.", ge=0, le=AMOUNT_MAX, examples=[1250])
    points: Literal["all"] | Annotated[int, Field(ge=0, le=POINTS_MAX)] = Field(
        default=0,
        description="Points to spend, at most; `all` for as many as there are and the amount takes.",
        examples=[300],
    )
    external_ref: str | None = Field(
        default=None,
        description="The till's own number for the sale, unique in the shop for ever: sent again, even under a new "
        "key, it gives the first answer.",
        min_length=1,
        max_length=100,
        examples=["2026-000184"],
    )
    occurred_at: Moment | None = Field(
        default=None, description="When the sale happened, where that was not just now: a till that was offline, say."
    )

    @model_validator(mode="after")
    def _one_member(self) -> Self:
        if (self.member is None) == (self.pay_code is None):
            raise ValueError("give either member or pay_code, and not both")
        return self


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
    points_earned: int = Field(description="Points issued for what was paid in money.")
    external_ref: str | None = Field(description="The till's own number.")
    occurred_at: Moment = Field(description="When it happened.")
    window: Moment = Field(description="The window that it settles in, by its opening.")
    late: bool = Field(description="Whether it came after its own window was closed.")


@router.post(
    "",
    operation_id="createPurchase",
    summary="Record a purchase, spending and earning points",
    status_code=201,
    responses=responses(
        (400, "No Idempotency-Key."),
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such shop, or none of yours; no such member."),
        (
            409,
            "It can't be taken; `code` is why: member_frozen, pay_code_over, pay_code_used, confirmation_needed (send "
            "it again once the member has confirmed the amount), confirmation_declined; or the book's points_short, "
            "limit_reached, shop_not_earning …",
        ),
        (422, "A field can't be used, or the key was used for something else."),
        (503, "Not available now; send it again under the same key."),
    ),
)
async def create_purchase(
    request: Request, response: Response, given: PurchaseGiven, who: Tills, key: Key
) -> PurchaseShown:
    """Spends up to `points` of the member's points, soonest expiry first, and issues points for the rest.

    Durable when it answers. The same key, or the same `external_ref`, gives the same answer again, with the header
    `Idempotent-Replayed: true`.
    """
    own_shop(who, given.shop)
    alliance = await alliance_of(request, who)
    buying = await member_of_purchase(alliance, given, asks=True)
    posting = _posting(alliance, given, buying, posting_key(who, key))
    if buying.problem is None:
        answer = await alliance.poster.post_async(posting)
    else:
        answer = await run_in_threadpool(_booked_before, alliance, posting, buying.problem)
    if answer.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return _shown(alliance, given, buying, posting, answer)


@router.post(
    "/quote",
    operation_id="quotePurchase",
    summary="What a purchase would do",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (404, "No such shop, or none of yours; no such member."),
        (409, "It would not be taken; `code` is why."),
        (422, "A field can't be used."),
    ),
)
async def quote_purchase(request: Request, given: PurchaseGiven, who: Tills) -> PurchaseShown:
    """The same as creating it, without booking anything."""
    own_shop(who, given.shop)
    alliance = await alliance_of(request, who)
    buying = await member_of_purchase(alliance, given, asks=False)
    if buying.problem is not None:
        raise buying.problem
    posting = _posting(alliance, given, buying, f"{who.space}:quote")
    outcome = await run_in_threadpool(alliance.preview, posting)
    if isinstance(outcome, SettlementError):
        raise outcome
    return _shown(alliance, given, buying, posting, outcome)


async def member_of_purchase(alliance: Alliance, given: PurchaseGiven, *, asks: bool) -> Buyer:
    """Who buys. Members are known from memory; only the first purchase of each asks the database.

    Where it `asks`, the member is asked to confirm an amount above the alliance's threshold. Raises MemberUnknown,
    PayCodeInvalid; what else speaks against the purchase is the buyer's `problem`.
    """
    code = None if given.pay_code is None else code_of(alliance, given.pay_code)
    member = given.member or "" if code is None else code.member
    standing = alliance.members.known(member)
    if standing is None:
        standing = await run_in_threadpool(alliance.members.look_up, member)
    found = buyer(standing, member, code, over=code is not None and code.is_over(alliance.clock()))
    if asks and needs_word(alliance, code, given.amount_minor, spends=given.points != 0):
        found = await run_in_threadpool(with_word, alliance, found, given.shop, given.amount_minor)
    return found


def _booked_before(alliance: Alliance, posting: Posting, problem: MemberError) -> Answer:
    """The answer to a purchase that was booked before the problem arose; raises the problem where it was not."""
    outcome = alliance.preview(posting)
    if isinstance(outcome, Answer) and outcome.replayed:
        return outcome
    raise problem


def _posting(alliance: Alliance, given: PurchaseGiven, buying: Buyer, key: str) -> Posting:
    at = alliance.clock() if given.occurred_at is None else instant(given.occurred_at)
    content: dict[str, str | int] = {}
    if given.occurred_at is not None:
        content["occurred_at"] = at
    if given.external_ref is not None:
        content["external_ref"] = given.external_ref
    if buying.code is not None:
        content["pay_code"] = buying.code.nonce
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
        owner=buying.owner,
        pool=buying.pool,
        claim=None if buying.code is None else buying.code.claim,
    )


def _shown(alliance: Alliance, given: PurchaseGiven, buying: Buyer, posting: Posting, answer: Answer) -> PurchaseShown:
    if answer.refusal is not None and answer.refusal.code == "claim_taken":
        raise PayCodeElsewhere
    if answer.refusal is not None:
        raise refused(answer.refusal)
    spent = answer.total(MoveKind.REDEEM)
    paid_in_points = sum(
        (
            move.amount * alliance.minor_per_point(move.terms_id)
            for move in answer.moves
            if move.kind == MoveKind.REDEEM
        ),
        Fraction(0),
    )
    return PurchaseShown(
        id=alliance.programme.ids.public(ID, answer.posting_id),
        shop=given.shop,
        member=buying.member,
        amount_minor=given.amount_minor,
        currency=alliance.book.settings.currency,
        points_spent=spent,
        # Upwards, so that the shop is never short of a part of a minor unit.
        cash_due_minor=ceil(given.amount_minor - paid_in_points),
        points_earned=answer.total(MoveKind.ISSUE),
        external_ref=given.external_ref,
        occurred_at=moment(posting.occurred_at),
        window=moment(answer.window_id),
        late=answer.late_for is not None,
    )
