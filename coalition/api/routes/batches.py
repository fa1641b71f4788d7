"""Batches: up to a thousand writes in one request, each with its own key and its own answer."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError

from coalition.access.caller import ALLIANCE, SHOP, Caller
from coalition.alliance import Alliance
from coalition.api.access import allow
from coalition.api.alliance import alliance_of
from coalition.api.codes import CODES
from coalition.api.error_codes import ErrorCode
from coalition.api.fields import Text
from coalition.api.idempotency import KEY_CHARS_MAX, posting_key
from coalition.api.own_key import own_key
from coalition.api.problems import FieldProblem, FieldsInvalid, fields_of, invalid_by_schema, language_of, responses
from coalition.api.public_text import public_text
from coalition.api.routes.purchase_schemas import PurchaseGiven
from coalition.api.routes.purchases import ID, cash_due, posting_of
from coalition.locale.formats import Lang
from coalition.members.errors import MemberError
from coalition.members.member_cache import member_cache
from coalition.paycodes.errors import PayCodeElsewhere
from coalition.purchases.identify_buyer import booked_before, member_now
from coalition.refusals import RefusedByBook
from settlement import KeyReused, NamedFact
from settlement.ledger import Answer, MoveKind, Posting, PostingOutcome

router = APIRouter(prefix="/v1/batches", tags=["batches"])
POSITION = 60

ITEMS_MAX = 1_000
Tills = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]


class PurchaseItem(PurchaseGiven):
    """A purchase in a batch."""

    idempotency_key: Annotated[Text, Field(max_length=KEY_CHARS_MAX)] = Field(
        description="What the header Idempotency-Key is for a single one.", examples=["till-3-receipt-1842"]
    )


@dataclass(frozen=True, slots=True)
class Unusable:
    """An item that does not validate: why, and under which key it came, where that much can be read."""

    key: str | None
    why: FieldsInvalid


ONE = TypeAdapter(PurchaseItem)
WHOLE = TypeAdapter(Annotated[list[PurchaseItem], Field(min_length=1, max_length=ITEMS_MAX)])


def _items(given: object) -> list[PurchaseItem | Unusable]:
    """The items, checked all at once, and one by one only where that fails: so a good batch costs no more for it."""
    try:
        return [*WHOLE.validate_python(given)]
    except ValidationError:
        if not isinstance(given, list) or not 0 < len(given) <= ITEMS_MAX:
            raise
    return [_item_of(one) for one in given]


def _item_of(given: object) -> PurchaseItem | Unusable:
    try:
        return ONE.validate_python(given)
    except ValidationError as error:
        key = given.get("idempotency_key") if isinstance(given, dict) else None
        known = isinstance(key, str) and key.isprintable() and len(key) <= KEY_CHARS_MAX
        return Unusable(key if known else None, invalid_by_schema(error.errors(), given))


class BatchGiven(BaseModel):
    """Writes, booked in this order."""

    model_config = ConfigDict(extra="forbid")

    purchases: Annotated[
        list[PurchaseItem | Unusable],
        PlainValidator(
            _items, json_schema_input_type=Annotated[list[PurchaseItem], Field(min_length=1, max_length=ITEMS_MAX)]
        ),
    ] = Field(description="Purchases.")


class ItemShown(BaseModel):
    """The answer to one write of a batch."""

    idempotency_key: str | None = Field(description="Which one it is; null where the item has none that can be read.")
    status: int = Field(description="The status that it would have got alone: 201, 404, 409, 422 …")
    replayed: bool = Field(description="Whether it was booked before.")
    id: str | None = Field(description="The purchase's id, where it was booked.")
    points_spent: int = Field(description="Points that paid for a part.")
    points_earned: int = Field(description="Points issued.")
    cash_due_minor: int | None = Field(description="What is left to pay in money, in minor units.")
    code: ErrorCode | None = Field(description="Why it was not booked.")
    detail: str | None = Field(description="The same as a sentence.")
    fields: list[FieldProblem] = Field(description="The fields concerned, where there are any.")


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
            (422, "It is no list of 1 to 1,000 items; nothing was booked."),
            (503, "Not available now; send it again with the same keys."),
        ),
        200: {"model": BatchShown, "description": "Each write's answer. A write that fails does not stop the others."},
    },
)
async def create_batch(request: Request, given: BatchGiven, who: Tills) -> Response:
    """For a till that was offline, or an import: each purchase is booked, or refused, as if it had come alone.

    Safe to send again: each has its own key. What can't be used answers 422 in its place, a shop that is not the
    caller's 404; the others are booked.
    """
    alliance = await alliance_of(request, who)
    mine = [item for item in given.purchases if isinstance(item, PurchaseItem) and who.may_act_for_shop(item.shop)]
    found = await run_in_threadpool(_postings, alliance, who, mine)
    postings = [one for one in found if not isinstance(one, MemberError)]
    answered = await asyncio.wrap_future(alliance.poster.submit(postings)) if postings else []
    answers = iter(answered)
    outcomes = [one if isinstance(one, MemberError) else next(answers) for one in found]
    body = await run_in_threadpool(_body, alliance, given, who, outcomes, language_of(request))
    return Response(body, media_type="application/json")


def _postings(alliance: Alliance, who: Caller, items: list[PurchaseItem]) -> list[Posting | MemberError]:
    # Asked for one by one, the members of a batch would take longer than booking it.
    member_cache(alliance).load({item.member for item in items if item.member is not None})
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
    alliance: Alliance, given: BatchGiven, who: Caller, outcomes: list[PostingOutcome | MemberError], lang: Lang
) -> bytes:
    """The answers as JSON. Plain dictionaries: a model each would take as long as booking them."""
    rest = iter(outcomes)
    shown = []
    for item in given.purchases:
        if isinstance(item, Unusable):
            shown.append(_failed(item.key, item.why.code, *item.why.told(lang)))
        elif who.may_act_for_shop(item.shop):
            shown.append(_item(alliance, who, item, next(rest), lang))
        else:
            shown.append(
                _failed(item.idempotency_key, "not_found", f"There is no shop {item.shop!r} that you can see.")
            )
    booked = sum(one["status"] == 201 for one in shown)
    return orjson.dumps({"object": "batch", "booked": booked, "data": shown})


def _item(
    alliance: Alliance, who: Caller, item: PurchaseItem, outcome: PostingOutcome | NamedFact, lang: Lang
) -> dict[str, Any]:
    key = item.idempotency_key
    if isinstance(outcome, Answer) and outcome.refusal is not None and outcome.refusal.code == "claim_taken":
        outcome = PayCodeElsewhere()
    if isinstance(outcome, MemberError):
        return _failed(key, outcome.code, str(outcome))
    if isinstance(outcome, Answer) and outcome.refusal is not None:
        outcome = RefusedByBook(outcome.refusal)
    if isinstance(outcome, NamedFact):
        error = own_key(outcome, who, key) if isinstance(outcome, KeyReused) else outcome
        detail = public_text(error, lang, alliance) if error.public else ""
        return _failed(key, error.error_kind.code if error.public else "internal", detail, fields_of(error, detail))
    return {
        "idempotency_key": key,
        "status": 201,
        "replayed": outcome.replayed,
        "id": alliance.programme.ids.public(ID, outcome.posting_id),
        "points_spent": outcome.total(MoveKind.REDEEM),
        "points_earned": outcome.total(MoveKind.ISSUE) + outcome.total(MoveKind.COMPENSATE),
        "cash_due_minor": cash_due(alliance, item.amount_minor, outcome.moves),
        "code": None,
        "detail": None,
        "fields": [],
    }


def _failed(key: str | None, code: str, detail: str, fields: Sequence[FieldProblem] = ()) -> dict[str, Any]:
    return {
        "idempotency_key": key,
        "status": CODES[code].status,
        "replayed": False,
        "id": None,
        "points_spent": 0,
        "points_earned": 0,
        "cash_due_minor": None,
        "code": code,
        "detail": detail,
        "fields": [one.model_dump() for one in fields],
    }
