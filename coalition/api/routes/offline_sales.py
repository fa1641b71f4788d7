"""Sales that a connected till made without a connection: each is signed by the till's key, and booked once."""

import json
from typing import Annotated

import orjson
from fastapi import Depends, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from coalition.access.caller import Caller, Role, till_caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_of
from coalition.api.fields import Text
from coalition.api.idempotency import REPEATABLE, posting_key
from coalition.api.problems import invalid_by_schema, responses
from coalition.api.router import LARGE_BYTES, Router
from coalition.api.routes.batches import (
    BatchItem,
    BatchItemCreate,
    InvalidItem,
    answered_items,
    checked_item,
    give_back_unsold,
)
from coalition.api.routes.tills import Base64, decoded
from coalition.api.times import Moment
from coalition.purchases.check_sale import key_sales
from coalition.purchases.create_offline_sales import OfflineSale, create_offline_sales
from coalition.web.request import language_of

router = Router(prefix="/v1/offline-sales", tags=["tills"])
POSITION = 317

SALES_MAX = 100
CONTENT_CHARS_MAX = 4_000
Tills = Annotated[Caller, Depends(allow({Role.TILL}))]


class OfflineSaleContent(BatchItemCreate):
    """What a till signs: a purchase in a batch, with the till that made it. `occurred_at` and `shift` are needed."""

    till: Text = Field(description="The till that made it.")
    occurred_at: Moment = Field(description="When the sale happened.")
    shift: Text = Field(description="The shift in which it was sold.")


class OfflineSaleCreate(BaseModel):
    """A sale, and the till's signature of it."""

    model_config = ConfigDict(extra="forbid")

    content: Annotated[str, Field(min_length=1, max_length=CONTENT_CHARS_MAX, pattern=r"^[ -~]+$")] = Field(
        description="The sale as JSON in ASCII, exactly as it was signed: what `createBatch` takes of a purchase, with "
        "`idempotency_key`, `occurred_at`, `shift`, and as `till` the till that made it."
    )
    signature: Base64 = Field(
        description="Its signature by the till's key: ECDSA with SHA-256 over its UTF-8 bytes, 64 bytes (r and s) in "
        "base64url, as WebCrypto signs."
    )


class OfflineSalesCreate(BaseModel):
    """Sales that a till made offline."""

    model_config = ConfigDict(extra="forbid")

    sales: list[OfflineSaleCreate] = Field(description="In the order in which they are booked.", max_length=SALES_MAX)


class OfflineSales(BaseModel):
    """The answers, in order."""

    data: list[BatchItem] = Field(description="An answer for each sale.")


@router.post(
    "",
    operation_id="createOfflineSales",
    max_body_size=LARGE_BYTES,
    summary="Record sales that a till made offline",
    openapi_extra={REPEATABLE: True},
    responses={
        **responses(
            (401, "No valid session of a till."),
            (403, "Not for this role."),
            (422, "A field can't be used; nothing was booked."),
            (503, "Not available now; send it again."),
        ),
        200: {"model": OfflineSales, "description": "An answer for each. One that fails does not stop the others."},
    },
)
async def create_sales(request: Request, body: OfflineSalesCreate, caller: Tills) -> Response:
    """Each says by itself which till made it, and when: it is judged by that time, pay code and rules too. It is
    booked once, however often it is sent, even where it was first sent with `createPurchase` under the same key.

    A till may make so many a day, and send them for so many hours, as the alliance allows (`getTillSettings`); offline
    they only earn.
    """
    alliance = await alliance_of(request, caller)
    read = [_read(sale) for sale in body.sales]
    sales = await key_sales(alliance, request.app.state.approvals, caller)
    checked = [await checked_item(caller, item, sales) for item in read]
    wanted = [
        _sale(caller, sent, item)
        for sent, item, each in zip(body.sales, read, checked, strict=True)
        if each.problem is None and isinstance(item, OfflineSaleContent)
    ]
    outcomes = await create_offline_sales(alliance, wanted) if wanted else []
    give_back_unsold(sales, checked, outcomes)
    lang = language_of(request)
    answers = await run_in_threadpool(answered_items, alliance, caller, read, checked, outcomes, lang)
    return Response(orjson.dumps({"data": answers}), media_type="application/json")


def _read(sale: OfflineSaleCreate) -> OfflineSaleContent | InvalidItem:
    try:
        return OfflineSaleContent.model_validate_json(sale.content)
    except ValidationError as error:
        body = None if error.errors()[0]["type"] == "json_invalid" else json.loads(sale.content)
        return InvalidItem(None, invalid_by_schema(error.errors(), body))


def _sale(caller: Caller, sent: OfflineSaleCreate, item: OfflineSaleContent) -> OfflineSale:
    new = item.new(caller, signed_by=till_caller(item.till))
    return OfflineSale(item.till, new, posting_key(caller, item.idempotency_key), sent.content, decoded(sent.signature))
