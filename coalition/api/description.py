"""The API's description: OpenAPI 3.1, with our own problems, headers and roles, and a guide at its head."""

import json
import re
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from coalition.api.access import roles_of
from coalition.api.error_codes import code_table
from coalition.api.headers import HEADERS, add_headers
from coalition.api.problems import Problem, responses
from coalition.api.routing import routers
from coalition.api.webhook_schemas import describe_webhooks

Schema = dict[str, Any]

DESCRIPTION = """
One points currency for the shops of a town: a member earns points at one shop and spends them at another, and the
shops settle in money what they owe each other.

## A till in an afternoon

You need a key of the shop (`coalition keys create`, or `POST /v1/keys`); send it as `Authorization: Bearer
coalition_…`.

1. **Enrol** a member: `POST /v1/members` with `{"email": "ann@example.com"}` or a phone number. Keep the `id` of
   the answer. Enrolling the same contact again gives the same member.
2. **Quote** a sale: `POST /v1/purchases/quote` with `{"shop": "bakery", "member": "mem_…", "amount_minor": 2000,
   "points": "all"}` says what the member would spend, earn and pay in money. Nothing is booked. Amounts are in
   minor units: 2000 is 20.00 €.
3. **Purchase**: send the same to `POST /v1/purchases` with an `Idempotency-Key` of your own, such as your receipt's
   number. Take `cash_due_minor` from the customer.
4. **Retry** with the same key when no answer comes: the sale is booked once, and you get the first answer again. A
   refusal is an answer too: to try again after one (say, with fewer points), take a new key.
5. **Void**: to give a sale up whose answer never came, `POST /v1/purchases/void` with `{"idempotency_key": "…"}`. It
   succeeds whether the sale was booked or not, undoes it if it was, and nothing is booked under that key any more.
6. **Refund**: `POST /v1/refunds` with `{"purchase": "pur_…"}`, an `amount_minor` or `lines`, and a key of its
   own. Points go back to where they came from.
7. **Offline**: keep sales with their keys and `occurred_at`, and send up to 1,000 at a time to `POST /v1/batches`.
   Each gets an answer of its own; send the whole batch again if none comes.

To lock points before the goods leave the shop, place a **hold** (`POST /v1/holds`), then capture or release it.

## A wallet app

With a key of the role `app`, or a session of the member (`sendMemberCode`, then `logInMember`): `GET
/v1/wallets/{member}` is the balance with every expiry, `GET /v1/wallets/{member}/history` what happened, `POST
/v1/pay-codes` a code for the till to scan, `POST /v1/gifts` points for a friend. Where a shop asks for a large
amount, the member confirms it: `listConfirmations`, then `confirmAmount`. To follow what happens, have events sent
to you (`createWebhookEndpoint`) or read them (`listEvents`); each type is listed at the schema `EventType`.

## Every request

- Every answer carries `X-Request-Id`, and `RateLimit` with how many requests are left.
- Errors are problem details (RFC 9457): a stable `code`, and a text in the language of `Accept-Language` (English
  or Chinese).
- Points and minor units are JSON integers: `12`, not `"12"` or `12.0`. Moments are RFC 3339 with an offset.
- A query parameter that an operation does not have is refused (422), and so is a field of a body.
- Lists come in pages: send `next_cursor` as `cursor` until it is null.
- Whatever moves points or money needs an `Idempotency-Key`; whatever replaces settings needs `If-Match` with the
  `ETag` that you read.

## Error codes

{code_table}
"""

# What is answered before a route is asked, by what an operation has in its description.
ASKED_WITH_KEY = ((429, "More than the limit; Retry-After says when."), (503, "Not available now; ask again."))
ASKED_WITH_BODY = ((400, "The body can't be read."), (413, "The body is too large."))


def describe(app: FastAPI) -> Schema:
    """The description of all operations, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION.replace("{code_table}", code_table()),
            routes=app.routes,
            openapi_version="3.1.0",
        )
        schemas = schema["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(schemas["Problem"].pop("$defs", {}))
        schema["components"]["headers"] = dict(HEADERS)
        schema["webhooks"], data = describe_webhooks(schemas["Event"])
        schemas.update(data)
        roles = _roles_by_operation()
        for methods in schema["paths"].values():
            for operation in methods.values():
                _describe_parameters(operation)
                _describe_framework(operation)
                add_headers(operation)
                if operation["operationId"] in roles:
                    names = roles[operation["operationId"]]
                    operation["description"] = f"{operation.get('description', '')}\n\nFor {names}."
        app.openapi_schema = _with_named_pages(schema)
    return app.openapi_schema


def _roles_by_operation() -> dict[str, str]:
    """For each operation that asks who calls: the roles that may, as text."""
    by_operation = {}
    for route in (route for router in routers() for route in router.routes):
        if isinstance(route, APIRoute) and (roles := roles_of(route.dependant)) is not None:
            by_operation[str(route.operation_id)] = ", ".join(f"`{role}`" for role in sorted(roles))
    return by_operation


def _describe_parameters(operation: Schema) -> None:
    """No parameter is ever null: it is sent or left out. An Idempotency-Key can't be left out."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
        if len(kinds) == 1:
            del schema["anyOf"]
            parameter["schema"] = {**kinds[0], **schema}
        # Optional to the framework, so that its absence is answered in our own words.
        if parameter["name"].lower() == "idempotency-key":
            parameter["required"] = True


def _describe_framework(operation: Schema) -> None:
    """Add what is answered before a route is asked, and put problems where the framework describes its own errors."""
    described = operation["responses"]
    takes = "parameters" in operation or "requestBody" in operation
    when = "A field can't be used." if takes else "It takes no query parameters."
    described["422"] = {**responses((422, when))[422], **described.get("422", {})}
    described["422"]["content"] = responses((422, ""))[422]["content"]
    if "security" in operation:
        for status, when in ASKED_WITH_KEY:
            described.setdefault(str(status), responses((status, when))[status])
    if "requestBody" in operation:
        for status, when in ASKED_WITH_BODY:
            described.setdefault(str(status), responses((status, when))[status])


def _with_named_pages(schema: Schema) -> Schema:
    """Call a page of shops `ShopPage`: the framework's `Page_Shop_` is no name to program with."""
    text = re.sub(r"\bPage_(\w+?)_(?=\")|\bPage\[(\w+)\]", r"\1\2Page", json.dumps(schema))
    named: Schema = json.loads(text)
    return named
