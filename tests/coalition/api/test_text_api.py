"""Text over HTTP: names in every script are names, everywhere; what is no text is the caller's error, everywhere."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from coalition.access.caller import Role
from tests.coalition.api.test_any_request_api import DESCRIBED
from tests.support.town_api import ApiTown, purchase
from tests.support.wallets import People

NAMES = ["山田\u3000太郎", "علی\u200cرضا", "Jean\u00a0Dupont", "\U0001f468\u200d\U0001f469\u200d\U0001f467"]
NOT_STORED = {"cursor", "if-match", "idempotency-key", "stripe-signature", "password", "old_password", "new_password"}
"""Strings that are decoded or hashed before they reach a database, or that have an error of their own."""
API = DESCRIBED
OPERATIONS = [
    (method, path, operation["operationId"])
    for path, methods in API["paths"].items()
    for method, operation in methods.items()
    if "{" in path
]


def test_a_name_of_any_script_is_a_members_and_a_receipts(people: People, town: ApiTown) -> None:
    for number, name in enumerate(NAMES):
        answer = people.app.post("/v1/members", json={"email": f"m{number}@example.com", "name": f"\u3000{name}\u00a0"})
        assert answer.status_code == 201, answer.text
        assert people.operator.get(f"/v1/members/{answer.json()['id']}").json()["name"] == name
        bought = purchase(town.till(), f"k{number}", shop="bakery", member="ann", amount_minor=100, external_ref=name)
        assert (bought["status"], bought["external_ref"]) == (201, name)
        again = purchase(town.till(), f"n{number}", shop="bakery", member="ann", amount_minor=100, external_ref=name)
        assert again["id"] == bought["id"]


@pytest.mark.parametrize("text", ["a\0b", "a\u202eb", "\u200b", " "])
def test_what_is_no_text_is_named(people: People, town: ApiTown, text: str) -> None:
    answer = people.app.post("/v1/members", json={"email": text, "name": "Ann"})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "email")
    bought = purchase(town.till(), "k1", shop="bakery", member="ann", amount_minor=100, external_ref=text)
    assert (bought["status"], bought["fields"][0]["field"]) == (422, "external_ref")


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS, ids=[name for _, _, name in OPERATIONS])
def test_no_path_has_what_is_no_text(town: ApiTown, method: str, path: str, operation: str) -> None:
    for odd in ("a\0b", "a\u202eb"):
        at = "/".join(quote(odd) if part.startswith("{") else part for part in path.split("/"))
        answer = town.client(Role.OPERATOR).request(method, at, json={})
        assert 400 <= answer.status_code < 500, (operation, answer.text)


def test_every_string_of_a_request_has_a_form() -> None:
    """One that has none could hold a NUL, which PostgreSQL refuses with an error of ours."""
    assert [where for where in _formless() if where.rsplit(".")[-1] not in NOT_STORED] == []


def _formless() -> Iterator[str]:
    for methods in API["paths"].values():
        for operation in methods.values():
            name = operation["operationId"]
            if name in ("runLabScenario", "createLabReport", "growLabScheme"):
                # Its texts stay in a process of its own.
                continue
            for parameter in operation.get("parameters", []):
                yield from _strings(parameter["schema"], f"{name}.{parameter['name']}", ())
            for body in operation.get("requestBody", {}).get("content", {}).values():
                yield from _strings(body["schema"], name, ())


def _strings(schema: dict[str, Any], where: str, above: tuple[str, ...]) -> Iterator[str]:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        if name not in above:
            yield from _strings(API["components"]["schemas"][name], where, (*above, name))
        return
    if schema.get("type") == "string" and not {"pattern", "enum", "const", "format"} & schema.keys():
        yield where
    for part in (*schema.get("anyOf", ()), *schema.get("oneOf", ()), *schema.get("allOf", ())):
        yield from _strings(part, where, above)
    for name, part in schema.get("properties", {}).items():
        yield from _strings(part, f"{where}.{name}", above)
    for part in (
        schema.get("items"),
        schema.get("additionalProperties"),
        *schema.get("patternProperties", {}).values(),
    ):
        if isinstance(part, dict):
            yield from _strings(part, where, above)
