"""What is no text, or too long a one, is refused by every parameter and every field of every operation, as a 4xx.

PostgreSQL can't store NUL, neither database half a character; a path may have both.
"""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi.routing import APIRoute
from httpx import Response

from coalition.access.caller import Role
from coalition.api.access import roles_of
from coalition.api.write_client import description
from tests.coalition.api.test_foreign_tokens import Matrix, api_routes
from tests.support.cases import Case
from tests.support.tokens import bearing
from tests.support.town_api import ApiTown

Place = tuple[str | int, ...]
DEPTH_MAX = 8
NO_TEXTS = ("a\0b", "\0", "\ud800")
LONG = 5_000
"""Characters that are too many, unless a field says that it takes more."""
SCHEMAS = description()["components"]["schemas"]
OPERATIONS = {
    operation["operationId"]: operation for methods in description()["paths"].values() for operation in methods.values()
}


def fields_in(schema: dict[str, Any], path: Place = (), depth: int = 0) -> Iterator[tuple[Place, int]]:
    """Where a body may have a text: its paths, a list by its first item, each with how many characters are too many."""
    if depth > DEPTH_MAX:
        return
    if "$ref" in schema:
        yield from fields_in(SCHEMAS[schema["$ref"].rpartition("/")[2]], path, depth + 1)
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from fields_in(inner, path, depth + 1)
    if schema.get("type") == "string":
        yield path, max(LONG, schema.get("maxLength", 0) + 1)
    if schema.get("type") == "array":
        yield from fields_in(schema.get("items", {}), (*path, 0), depth + 1)
    for name, inner in schema.get("properties", {}).items():
        yield from fields_in(inner, (*path, name), depth + 1)
    if isinstance(schema.get("additionalProperties"), dict):
        yield from fields_in(schema["additionalProperties"], (*path, "name"), depth + 1)


def with_value(body: Any, path: Place, value: str) -> Any:
    """The body with the value at a path; what is missing on the way is made."""
    if not path:
        return value
    first, *rest = path
    if isinstance(first, int):
        items = list(body) if isinstance(body, list) and body else [None]
        return [with_value(items[0], tuple(rest), value), *items[1:]]
    fields = dict(body) if isinstance(body, dict) else {}
    return {**fields, first: with_value(fields.get(first), tuple(rest), value)}


def as_query(values: Mapping[str, str]) -> str:
    return "&".join(f"{quote(name)}={quote(text.encode('utf-8', 'surrogatepass'))}" for name, text in values.items())


def requests_of(route: APIRoute, case: Case) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Requests with no text in one place each: what is where, the URL, and what httpx is to send."""
    operation = OPERATIONS[str(route.operation_id)]
    content = operation.get("requestBody", {}).get("content", {})
    for bad in (*NO_TEXTS, "x" * LONG):
        raw = bad.encode("utf-8", "surrogatepass")
        for parameter in operation.get("parameters", ()):
            name, where = parameter["name"], parameter["in"]
            path, query, headers = dict(case.path), dict(case.query), {}
            if where == "path":
                path[name] = quote(raw, safe="")
            elif where == "query":
                query[name] = bad
            else:
                headers[name.lower()] = raw
            url = f"{route.path.format(**path)}?{as_query(query)}".removesuffix("?")
            yield f"{where} {name} {bad[:3]!r}", url, {"headers": headers, "json": case.body}
    for field, too_many in sorted(set(fields_in(content.get("application/json", {}).get("schema", {}))), key=str):
        for bad in (*NO_TEXTS, "x" * too_many):
            sent = json.dumps(with_value(case.body, field, bad))
            yield f"body {field} {bad[:3]!r}", route.path.format(**case.path), {"content": sent, "headers": {}}


def statuses(got: Response) -> list[int]:
    """The status of an answer, or those of what a batch or an import answers each by itself."""
    is_json = got.headers.get("content-type", "").startswith("application/json")
    answer = got.json() if got.status_code == HTTPStatus.OK and is_json else None
    if isinstance(answer, dict) and ("booked" in answer or "imported" in answer):
        each = [*answer["data"], *answer.get("refunds", ())]
        return [422 if item["status"] == "failed" else int(item["status"]) for item in each]
    return [got.status_code]


def test_no_parameter_and_no_field_takes_what_is_no_text(town: ApiTown) -> None:
    matrix = Matrix(town)
    wrong, asked = [], 0
    for route in api_routes():
        operation = str(route.operation_id)
        if operation not in OPERATIONS:
            continue
        case = matrix.cases.get(operation, Case({"alliance_id": "1"}))
        roles = roles_of(route.dependant) or frozenset({Role.OWNER})
        role = Role.OWNER if Role.OWNER in roles else min(roles)
        mine = {key.lower(): value for key, value in bearing(matrix.ours.new(role, "bakery")).items()}
        (method,) = route.methods
        for what, url, sent in requests_of(route, case):
            key = f"text-{next(matrix.numbers)}"
            own = {"idempotency-key": key, "if-match": "*", "content-type": "application/json"}
            headers = {**mine, **own, **sent.pop("headers")}
            got = matrix.client.request(method, url, headers=headers, **sent)
            asked += 1
            if not any(400 <= status < 500 for status in statuses(got)):
                wrong.append(f"{operation}, {what}: {got.status_code}")
    assert asked > 1_000
    assert wrong == [], "\n".join(wrong)
