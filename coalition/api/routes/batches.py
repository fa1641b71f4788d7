"""Batches: a thousand purchases and a hundred refunds in one request, each with its own key and its own answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, NamedTuple, Self, TypeVar

import orjson
from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, PlainValidator, TypeAdapter, ValidationError, model_validator

from coalition.access.caller import Caller, Role
from coalition.access.errors import PersonNeeded
from coalition.access.log import current_request
from coalition.alliance import Alliance
from coalition.api.access import allow
from coalition.api.alliance import alliance_of
from coalition.api.error_codes import ErrorCode
from coalition.api.errors import Internal
from coalition.api.field_texts import field_error
from coalition.api.fields import Text
from coalition.api.idempotency import KEY_CHARS_MAX, REPEATABLE, posting_key
from coalition.api.own_key import own_key
from coalition.api.problems import FieldProblem, FieldsInvalid, fields_of, invalid_by_schema, responses
from coalition.api.router import LARGE_BYTES, Router
from coalition.api.routes.purchase_schemas import NotEarned, PurchaseCreate, not_earned
from coalition.api.routes.refunds import Refund, RefundCreate, book_refund
from coalition.errors import CoalitionError, NotFound
from coalition.locale.formats import Lang
from coalition.purchases.check_sale import NOTHING_COUNTED, CountedSale, KeySales, key_sales
from coalition.purchases.create_purchase import Receipt
from coalition.purchases.create_purchases import PurchaseOutcome, create_purchases
from coalition.purchases.purchase import ALL
from coalition.tills.errors import TillError
from coalition.web.public_text import public_text
from coalition.web.request import language_of
from settlement import KeyReused, NamedFact, Phrase, is_text

router = Router(prefix="/v1/batches", tags=["batches"])
POSITION = 60

ITEMS_MAX, REFUNDS_MAX = 1_000, 100
Item = TypeVar("Item", bound=BaseModel)
Systems = Annotated[Caller, Depends(allow({Role.TILL, Role.OPERATOR}))]


class BatchItemCreate(PurchaseCreate):
    """A purchase in a batch."""

    idempotency_key: Text = Field(
        description="What the header Idempotency-Key is for a single one.", examples=["till-3-receipt-1842"]
    )


class BatchRefundCreate(RefundCreate):
    """A refund in a batch."""

    idempotency_key: Text = Field(
        description="What the header Idempotency-Key is for a single one.", examples=["till-3-return-77"]
    )


@dataclass(frozen=True, slots=True)
class InvalidItem:
    """An item that does not validate, and its key, where that much can be read."""

    key: str | None
    error: FieldsInvalid


class ItemReader(Generic[Item]):
    """Reads the items of one list of a batch."""

    def __init__(self, item: TypeAdapter[Item], whole: TypeAdapter[list[Item]], most: int) -> None:
        self._item, self._whole, self._most = item, whole, most

    def read(self, items: object) -> list[Item | InvalidItem]:
        """The items, checked all at once, and one by one only where that fails: so a good batch costs no more."""
        try:
            return [*self._whole.validate_python(items)]
        except ValidationError:
            if not isinstance(items, list) or not 0 < len(items) <= self._most:
                raise
        return [self._read_item(item) for item in items]

    def _read_item(self, item: object) -> Item | InvalidItem:
        try:
            return self._item.validate_python(item)
        except ValidationError as error:
            key = item.get("idempotency_key") if isinstance(item, dict) else None
            known = isinstance(key, str) and is_text(key) and len(key) <= KEY_CHARS_MAX
            return InvalidItem(key if known else None, invalid_by_schema(error.errors(), item))


PurchaseItems = Annotated[list[BatchItemCreate], Field(min_length=1, max_length=ITEMS_MAX)]
RefundItems = Annotated[list[BatchRefundCreate], Field(min_length=1, max_length=REFUNDS_MAX)]
PURCHASES = ItemReader(TypeAdapter(BatchItemCreate), TypeAdapter(PurchaseItems), ITEMS_MAX)
REFUNDS = ItemReader(TypeAdapter(BatchRefundCreate), TypeAdapter(RefundItems), REFUNDS_MAX)


class PurchaseBatchCreate(BaseModel):
    """Writes, booked in this order: the purchases, then the refunds."""

    model_config = ConfigDict(extra="forbid")

    # Each item, or an InvalidItem: that is nothing that a request has, so the description must not see it.
    purchases: Annotated[list[Any], PlainValidator(PURCHASES.read, json_schema_input_type=PurchaseItems)] = Field(
        default=[], description="Purchases."
    )
    refunds: Annotated[list[Any], PlainValidator(REFUNDS.read, json_schema_input_type=RefundItems)] = Field(
        default=[], description="Refunds, of purchases in this batch too: those by their `external_ref`."
    )

    @model_validator(mode="after")
    def _not_empty(self) -> Self:
        if not self.purchases and not self.refunds:
            raise field_error("batch_empty")
        return self


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


class BatchRefund(BaseModel):
    """The answer to one refund of a batch."""

    idempotency_key: str | None = Field(description="Which one it is; null where the item has no readable one.")
    status: int = Field(description="The status that it would have been answered with alone: 201, 404, 409, 422 …")
    replayed: bool = Field(description="Whether it was booked before.")
    refund: Refund | None = Field(description="The refund, where it was booked.")
    code: ErrorCode | None = Field(description="Why it was not booked.")
    detail: str | None = Field(description="The same as a sentence.")
    fields: list[FieldProblem] = Field(description="The fields concerned, where there are any.")


class PurchaseBatch(BaseModel):
    """The answers, in order."""

    object: Literal["batch"] = Field(default="batch", description="Always `batch`.")
    booked: int = Field(description="How many were booked, now or before.")
    data: list[BatchItem] = Field(description="An answer for each purchase.")
    refunds: list[BatchRefund] = Field(description="An answer for each refund.")


@router.post(
    "",
    operation_id="createBatch",
    max_body_size=LARGE_BYTES,
    summary="Record many purchases and refunds at once",
    openapi_extra={REPEATABLE: True},
    responses={
        **responses(
            (401, "No valid key."),
            (403, "Not for this role."),
            (422, "The body has no items, more than 1,000 purchases or more than 100 refunds; nothing was booked."),
            (503, "Not available now; send it again with the same keys."),
        ),
        200: {
            "model": PurchaseBatch,
            "description": "An answer for each. One that fails does not stop the others.",
        },
    },
)
async def create_batch(request: Request, body: PurchaseBatchCreate, caller: Systems) -> Response:
    """For a till that was offline, or an import: each is booked, or refused, as if it had come alone; up to 1,000
    purchases, then up to 100 refunds.

    Safe to send again: each has its own key. An invalid item is answered with 422 in its place, a shop that is not
    the caller's with 404; the others are booked.
    """
    alliance = await alliance_of(request, caller)
    sales = await key_sales(alliance, request.app.state.approvals, caller)
    checked = [await checked_item(caller, item, sales) for item in body.purchases]
    own = [
        (item.new(caller), posting_key(caller, item.idempotency_key))
        for item, each in zip(body.purchases, checked, strict=True)
        if isinstance(item, BatchItemCreate) and each.problem is None
    ]
    outcomes = await create_purchases(alliance, own) if own else []
    give_back_unsold(sales, checked, outcomes)
    content = await run_in_threadpool(_content, alliance, body, checked, caller, outcomes, language_of(request))
    return Response(content, media_type="application/json")


class CheckedItem(NamedTuple):
    """Why an item is not even brought to the book, None where it is, and what was counted to its key's sales."""

    problem: CoalitionError | None
    counted: CountedSale = NOTHING_COUNTED


async def checked_item(caller: Caller, item: BatchItemCreate | InvalidItem, sales: KeySales) -> CheckedItem:
    """Whether an item is of the caller's shop, and no more than its key may sell."""
    if isinstance(item, InvalidItem):
        return CheckedItem(item.error)
    if not caller.may_act_for_shop(item.shop):
        return CheckedItem(NotFound(Phrase("shop"), item.shop))
    try:
        return CheckedItem(
            None,
            await sales.take(
                item.amount_minor,
                posting_key(caller, item.idempotency_key),
                ALL if item.points == "all" else item.points,
            ),
        )
    except (PersonNeeded, TillError) as error:
        return CheckedItem(error)


def give_back_unsold(sales: KeySales, checked: Sequence[CheckedItem], outcomes: Sequence[PurchaseOutcome]) -> None:
    """Give back what was counted of items that sold nothing now, after all."""
    counted = [each.counted for each in checked if each.problem is None]
    for item, outcome in zip(counted, outcomes, strict=True):
        if not isinstance(outcome, Receipt) or outcome.replayed:
            sales.give_back(item)
        else:
            sales.settle(item, outcome.points_spent)


def _content(
    alliance: Alliance,
    body: PurchaseBatchCreate,
    checked: Sequence[CheckedItem],
    caller: Caller,
    outcomes: Sequence[PurchaseOutcome],
    lang: Lang,
) -> bytes:
    """The answers as JSON."""
    items = answered_items(alliance, caller, body.purchases, checked, outcomes, lang)
    refunds = [_refund(alliance, caller, item, lang) for item in body.refunds]
    booked = sum(item["status"] == 201 for item in (*items, *refunds))
    return orjson.dumps({"object": "batch", "booked": booked, "data": items, "refunds": refunds})


def _refund(alliance: Alliance, caller: Caller, item: BatchRefundCreate | InvalidItem, lang: Lang) -> dict[str, Any]:
    """Book a refund as if it had come alone, and answer it."""
    if isinstance(item, InvalidItem):
        return {**_problem(alliance, item.key, item.error, lang), "refund": None}
    key = item.idempotency_key
    try:
        refund, replayed = book_refund(alliance, caller, item, key)
    except KeyReused as reused:
        return {**_problem(alliance, key, own_key(reused, caller, key), lang), "refund": None}
    except CoalitionError as error:
        return {**_problem(alliance, key, error, lang), "refund": None}
    return {
        "idempotency_key": key,
        "status": 201,
        "replayed": replayed,
        "refund": refund.model_dump(mode="json"),
        "code": None,
        "detail": None,
        "fields": [],
    }


def answered_items(
    alliance: Alliance,
    caller: Caller,
    items: Sequence[BatchItemCreate | InvalidItem],
    checked: Sequence[CheckedItem],
    outcomes: Sequence[PurchaseOutcome],
    lang: Lang,
) -> list[dict[str, Any]]:
    """The fields of a BatchItem for each; `outcomes` are those of the items that were brought to the book.

    Plain dictionaries: a model each would take as long as booking them.
    """
    rest = iter(outcomes)
    answers = []
    for item, each in zip(items, checked, strict=True):
        if isinstance(item, InvalidItem):
            answers.append(_failed(alliance, item.key, item.error, lang))
        elif each.problem is not None:
            answers.append(_failed(alliance, item.idempotency_key, each.problem, lang))
        else:
            answers.append(_answer(alliance, caller, item.idempotency_key, next(rest), lang))
    return answers


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
    return {
        **_problem(alliance, key, error, lang),
        "id": None,
        "points_spent": 0,
        "points_earned": 0,
        "not_earned": None,
        "points_expired": 0,
        "cash_due_minor": None,
    }


def _problem(alliance: Alliance, key: str | None, error: NamedFact, lang: Lang) -> dict[str, Any]:
    kind, detail = error.error_kind, public_text(error, lang, alliance)
    return {
        "idempotency_key": key,
        "status": kind.status,
        "replayed": False,
        "code": kind.code,
        "detail": detail,
        "fields": [field.model_dump() for field in fields_of(error, detail, lang)],
    }
