"""The API's description: OpenAPI 3.1, with our own problems, headers and roles, and a guide at its head."""

import json
import re
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from coalition.api.access import roles_of
from coalition.api.error_codes import code_table
from coalition.api.headers import HEADERS, add_headers
from coalition.api.problems import Problem, responses
from coalition.api.router import LARGE_BYTES, GuardedRoute
from coalition.api.routing import all_routes, routers
from coalition.api.webhook_schemas import describe_webhooks

Schema = dict[str, Any]

GUIDE = (Path(__file__).parent / "guide.md").read_text(encoding="utf-8")
"""Steps for a till and for a wallet app, which a test runs."""

DESCRIPTION = """
One points currency for the shops of a town: a member earns points at one shop and spends them at another, and the
shops settle in money what they owe each other.

{guide}
## Every request

- Every answer carries `X-Request-Id`, and `RateLimit` with how many requests are left.
- Errors are problem details (RFC 9457): a stable `code`, and a text in the language of `Accept-Language` (English
  or Chinese).
- A browser that shows an answer does nothing else with it: each has a Content-Security-Policy, and headers of that
  kind.
- A body has at most 256 KB, without a key or session 64 KB; those of batches and imports may have more. It is judged
  after the key, and sent with its Content-Length.
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
BODY_UNREADABLE = "The body can't be read."


def describe(app: FastAPI) -> Schema:
    """The description of all operations, made once."""
    if app.openapi_schema is None:
        schema = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION.replace("{guide}", GUIDE).replace("{code_table}", code_table()),
            routes=all_routes(),
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
        by_operation = _routes_by_operation()
        for methods in schema["paths"].values():
            for operation in methods.values():
                _describe_parameters(operation)
                route = by_operation.get(operation["operationId"])
                _describe_framework(operation, route)
                add_headers(operation)
                roles = None if route is None else roles_of(route.dependant)
                if roles is not None:
                    names = ", ".join(f"`{role}`" for role in sorted(roles))
                    operation["description"] = f"{operation.get('description', '')}\n\nFor {names}."
        app.openapi_schema = _with_named_pages(schema)
    return app.openapi_schema


def _routes_by_operation() -> dict[str, APIRoute]:
    """The routes by the ids of their operations."""
    return {
        str(route.operation_id): route for router in routers() for route in router.routes if isinstance(route, APIRoute)
    }


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


def _describe_framework(operation: Schema, route: APIRoute | None) -> None:
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
        most = route.body_bytes_max if isinstance(route, GuardedRoute) else LARGE_BYTES
        too_large = f"The body has more than {most:,} bytes, or no known length."
        for status, when in ((400, BODY_UNREADABLE), (413, too_large)):
            described.setdefault(str(status), responses((status, when))[status])


def _with_named_pages(schema: Schema) -> Schema:
    """Call a page of shops `ShopPage`: the framework's `Page_Shop_` is no name to program with."""
    text = re.sub(r"\bPage_(\w+?)_(?=\")|\bPage\[(\w+)\]", r"\1\2Page", json.dumps(schema))
    named: Schema = json.loads(text)
    return named
