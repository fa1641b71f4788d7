"""Batches: up to a thousand writes in one request, each with its own key and its own answer."""

import asyncio
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import ALLIANCE, SHOP, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_of
from coalition.api.buying import booked_before, member_now
from coalition.api.codes import CODES, ErrorCode
from coalition.api.idempotency import KEY_CHARS_MAX, posting_key
from coalition.api.problems import language_of, responses
from coalition.api.purchases import ID, PurchaseGiven, Text, cash_due, posting_of
from coalition.app import Alliance
from coalition.i18n import Lang
from coalition.members.errors import MemberError
from coalition.refusals import refusal_text
from settlement import MoveKind, Outcome, Posting, SettlementError

router = APIRouter(prefix="/v1/batches", tags=["batches"])

ITEMS_MAX = 1_000
Tills = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]


class PurchaseItem(PurchaseGiven):
    """A purchase in a batch."""

    idempotency_key: Annotated[Text, Field(max_length=KEY_CHARS_MAX)] = Field(
        description="What the header Idempotency-Key is for a single one.", examples=["till-3-receipt-1842"]
    )


class BatchGiven(BaseModel):
    """Writes, booked in this order."""

    model_config = ConfigDict(extra="forbid")

    purchases: list[PurchaseItem] = Field(description="Purchases.", min_length=1, max_length=ITEMS_MAX)


class ItemShown(BaseModel):
    """The answer to one write of a batch."""

    idempotency_key: str = Field(description="Which one it is.")
    status: int = Field(description="The status that it would have got alone: 201, 404, 409 …")
    replayed: bool = Field(description="Whether it was booked before.")
    id: str | None = Field(description="The purchase's id, where it was booked.")
    points_spent: int = Field(description="Points that paid for a part.")
    points_earned: int = Field(description="Points issued.")
    cash_due_minor: int | None = Field(description="What is left to pay in money, in minor units.")
    code: ErrorCode | None = Field(description="Why it was not booked.")
    detail: str | None = Field(description="The same as a sentence.")


class BatchShown(BaseModel):
    """The answers, in order."""

    object: Literal["batch"] = Field(default="batch", description="Always `batch`.")
    booked: int = Field(description="How many were booked, now or before.")
    data: list[ItemShown] = Field(description="An answer for each write.")


@router.post(
    "",
    operation_id="createBatch",
    summary="Record many purchases at once",
    responses={
        **responses(
            (401, "No valid key."),
            (403, "Not for this role."),
            (422, "A field can't be used; nothing was booked."),
            (503, "Not available now; send it again with the same keys."),
        ),
        200: {"model": BatchShown, "description": "Each write's answer. A write that fails does not stop the others."},
    },
)
async def create_batch(request: Request, given: BatchGiven, who: Tills) -> Response:
    """For a till that was offline, or an import: each purchase is booked, or refused, as if it had come alone.

    Safe to send again: each has its own key. A shop that is not the caller's answers 404 in its place.
    """
    alliance = await alliance_of(request, who)
    mine = [item for item in given.purchases if who.may_act_for_shop(item.shop)]
    found = await run_in_threadpool(_postings, alliance, who, mine)
    postings = [one for one in found if not isinstance(one, MemberError)]
    answered = await asyncio.wrap_future(alliance.poster.submit(postings)) if postings else []
    answers = iter(answered)
    outcomes = [one if isinstance(one, MemberError) else next(answers) for one in found]
    body = await run_in_threadpool(_body, alliance, given, who, outcomes, language_of(request))
    return Response(body, media_type="application/json")


def _postings(alliance: Alliance, who: Caller, items: list[PurchaseItem]) -> list[Posting | MemberError]:
    return [_posting(alliance, who, item) for item in items]


def _posting(alliance: Alliance, who: Caller, item: PurchaseItem) -> Posting | MemberError:
    """The request to the book, or why the member can't buy; what was booked before is answered again all the same."""
    try:
        buying = member_now(alliance, item, asks=True)
        posting = posting_of(alliance, item, buying, posting_key(who, item.idempotency_key))
        if buying.problem is not None:
            booked_before(alliance, posting, buying.problem)
    except MemberError as error:
        return error
    return posting


def _body(
    alliance: Alliance, given: BatchGiven, who: Caller, outcomes: list[Outcome | MemberError], lang: Lang
) -> bytes:
    """The answers as JSON. Plain dictionaries: a model each would take as long as booking them."""
    rest = iter(outcomes)
    shown = [
        _item(alliance, item, next(rest), lang) if who.may_act_for_shop(item.shop) else _foreign(item)
        for item in given.purchases
    ]
    booked = sum(one["status"] == 201 for one in shown)
    return orjson.dumps({"object": "batch", "booked": booked, "data": shown})


def _item(alliance: Alliance, item: PurchaseItem, outcome: Outcome | MemberError, lang: Lang) -> dict[str, Any]:
    if isinstance(outcome, MemberError):
        return _failed(item, outcome.code, str(outcome))
    if isinstance(outcome, SettlementError):
        return _failed(item, outcome.code, str(outcome))
    if outcome.refusal is not None:
        code = outcome.refusal.code
        return _failed(item, code, refusal_text(outcome.refusal, lang, alliance.book.settings))
    return {
        "idempotency_key": item.idempotency_key,
        "status": 201,
        "replayed": outcome.replayed,
        "id": alliance.programme.ids.public(ID, outcome.posting_id),
        "points_spent": outcome.total(MoveKind.REDEEM),
        "points_earned": outcome.total(MoveKind.ISSUE) + outcome.total(MoveKind.COMPENSATE),
        "cash_due_minor": cash_due(alliance, item.amount_minor, outcome.moves),
        "code": None,
        "detail": None,
    }


def _foreign(item: PurchaseItem) -> dict[str, Any]:
    return _failed(item, "not_found", f"There is no shop {item.shop!r} that you can see.")


def _failed(item: PurchaseItem, code: str, detail: str) -> dict[str, Any]:
    return {
        "idempotency_key": item.idempotency_key,
        "status": CODES[code].status,
        "replayed": False,
        "id": None,
        "points_spent": 0,
        "points_earned": 0,
        "cash_due_minor": None,
        "code": code,
        "detail": detail,
    }
