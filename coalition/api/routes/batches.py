"""Batches: up to a thousand writes in one request, each with its own key and its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError

from coalition.access.caller import ALLIANCE, SHOP, Caller
from coalition.access.log import current_request
from coalition.alliance import Alliance
from coalition.api.access import allow
from coalition.api.alliance import alliance_of
from coalition.api.error_codes import ErrorCode
from coalition.api.errors import Internal
from coalition.api.fields import Text
from coalition.api.idempotency import KEY_CHARS_MAX, REPEATABLE, posting_key
from coalition.api.own_key import own_key
from coalition.api.problems import FieldProblem, FieldsInvalid, fields_of, invalid_by_schema, language_of, responses
from coalition.api.public_text import public_text
from coalition.api.routes.purchase_schemas import NotEarned, PurchaseCreate, not_earned
from coalition.errors import NotFound
from coalition.locale.formats import Lang
from coalition.purchases.create_purchases import PurchaseOutcome, create_purchases
from settlement import KeyReused, NamedFact, Phrase, is_text

router = APIRouter(prefix="/v1/batches", tags=["batches"])
POSITION = 60

ITEMS_MAX = 1_000
Tills = Annotated[Caller, Depends(allow(SHOP | ALLIANCE))]


class BatchItemCreate(PurchaseCreate):
    """A purchase in a batch."""

    idempotency_key: Text = Field(
        description="What the header Idempotency-Key is for a single one.", examples=["till-3-receipt-1842"]
    )


@dataclass(frozen=True, slots=True)
class InvalidItem:
    """An item that does not validate, and its key, where that much can be read."""

    key: str | None
    error: FieldsInvalid


ONE = TypeAdapter(BatchItemCreate)
WHOLE = TypeAdapter(Annotated[list[BatchItemCreate], Field(min_length=1, max_length=ITEMS_MAX)])


def _items(items: object) -> list[BatchItemCreate | InvalidItem]:
    """The items, checked all at once, and one by one only where that fails: so a good batch costs no more for it."""
    try:
        return [*WHOLE.validate_python(items)]
    except ValidationError:
        if not isinstance(items, list) or not 0 < len(items) <= ITEMS_MAX:
            raise
    return [_item(item) for item in items]


def _item(item: object) -> BatchItemCreate | InvalidItem:
    try:
        return ONE.validate_python(item)
    except ValidationError as error:
        key = item.get("idempotency_key") if isinstance(item, dict) else None
        known = isinstance(key, str) and is_text(key) and len(key) <= KEY_CHARS_MAX
        return InvalidItem(key if known else None, invalid_by_schema(error.errors(), item))


class PurchaseBatchCreate(BaseModel):
    """Writes, booked in this order."""

    model_config = ConfigDict(extra="forbid")

    # BatchItemCreate or InvalidItem: the latter is nothing that a request has, so the description must not see it.
    purchases: Annotated[
        list[Any],
        PlainValidator(
            _items, json_schema_input_type=Annotated[list[BatchItemCreate], Field(min_length=1, max_length=ITEMS_MAX)]
        ),
    ] = Field(description="Purchases.")


class BatchItem(BaseModel):
    """The answer to one write of a batch."""

    idempotency_key: str | None = Field(description="Which one it is; null where the item has no readable one.")
    status: int = Field(description="The status that it would have been answered with alone: 201, 404, 409, 422 …")
    replayed: bool = Field(description="Whether it was booked before.")
    id: str | None = Field(description="The purchase's id, where it was booked.")
    points_spent: int = Field(description="Points that paid for a part.")
    points_earned: int = Field(description="Points issued.")
    not_earned: NotEarned | None = Field(description="Why it earned nothing, where its shop may not issue points.")
    points_expired: int = Field(description="Those of them that were over already when it was booked.")
    cash_due_minor: int | None = Field(description="What is left to pay in money, in minor units.")
    code: ErrorCode | None = Field(description="Why it was not booked.")
    detail: str | None = Field(description="The same as a sentence.")
    fields: list[FieldProblem] = Field(description="The fields concerned, where there are any.")


class PurchaseBatch(BaseModel):
    """The answers, in order."""

    object: Literal["batch"] = Field(default="batch", description="Always `batch`.")
    booked: int = Field(description="How many were booked, now or before.")
    data: list[BatchItem] = Field(description="An answer for each write.")


@router.post(
    "",
    operation_id="createBatch",
    summary="Record many purchases at once",
    openapi_extra={REPEATABLE: True},
    responses={
        **responses(
            (401, "No valid key."),
            (403, "Not for this role."),
            (422, "The body is not a list of 1 to 1,000 items; nothing was booked."),
            (503, "Not available now; send it again with the same keys."),
        ),
        200: {
            "model": PurchaseBatch,
            "description": "An answer for each. One that fails does not stop the others.",
        },
    },
)
async def create_batch(request: Request, body: PurchaseBatchCreate, caller: Tills) -> Response:
    """For a till that was offline, or an import: each purchase is booked, or refused, as if it had come alone.

    Safe to send again: each has its own key. An invalid item is answered with 422 in its place, a shop that is not
    the caller's with 404; the others are booked.
    """
    alliance = await alliance_of(request, caller)
    own = [
        (item.new, posting_key(caller, item.idempotency_key))
        for item in body.purchases
        if isinstance(item, BatchItemCreate) and caller.may_act_for_shop(item.shop)
    ]
    outcomes = await create_purchases(alliance, own)
    content = await run_in_threadpool(_content, alliance, body, caller, outcomes, language_of(request))
    return Response(content, media_type="application/json")


def _content(
    alliance: Alliance, body: PurchaseBatchCreate, caller: Caller, outcomes: Sequence[PurchaseOutcome], lang: Lang
) -> bytes:
    """The answers as JSON. Plain dictionaries: a model each would take as long as booking them."""
    rest = iter(outcomes)
    items = []
    for item in body.purchases:
        if isinstance(item, InvalidItem):
            items.append(_failed(alliance, item.key, item.error, lang))
        elif caller.may_act_for_shop(item.shop):
            items.append(_answer(alliance, caller, item.idempotency_key, next(rest), lang))
        else:
            items.append(_failed(alliance, item.idempotency_key, NotFound(Phrase("shop"), item.shop), lang))
    booked = sum(item["status"] == 201 for item in items)
    return orjson.dumps({"object": "batch", "booked": booked, "data": items})


def _answer(alliance: Alliance, caller: Caller, key: str, outcome: PurchaseOutcome, lang: Lang) -> dict[str, Any]:
    if isinstance(outcome, KeyReused):
        return _failed(alliance, key, own_key(outcome, caller, key), lang)
    if isinstance(outcome, NamedFact):
        return _failed(alliance, key, outcome if outcome.public else _fault(), lang)
    reason = not_earned(outcome.not_earned, lang, alliance)
    return {
        "idempotency_key": key,
        "status": 201,
        "replayed": outcome.replayed,
        "id": outcome.id,
        "points_spent": outcome.points_spent,
        "points_earned": outcome.points_earned,
        "not_earned": None if reason is None else reason.model_dump(),
        "points_expired": outcome.points_expired,
        "cash_due_minor": outcome.cash_due_minor,
        "code": None,
        "detail": None,
        "fields": [],
    }


def _fault() -> Internal:
    """What a fault of ours is answered with."""
    current = current_request.get()
    return Internal("" if current is None else current.request_id)


def _failed(alliance: Alliance, key: str | None, error: NamedFact, lang: Lang) -> dict[str, Any]:
    kind, detail = error.error_kind, public_text(error, lang, alliance)
    return {
        "idempotency_key": key,
        "status": kind.status,
        "replayed": False,
        "id": None,
        "points_spent": 0,
        "points_earned": 0,
        "not_earned": None,
        "points_expired": 0,
        "cash_due_minor": None,
        "code": kind.code,
        "detail": detail,
        "fields": [field.model_dump() for field in fields_of(error, detail, lang)],
    }
