"""The API's description: names that a developer programs with, and an answer for every operation."""

import re
from typing import Any

import pytest

from coalition.api.write_client import description
from coalition.events.types import event_types

API = description()
SCHEMAS = sorted(API["components"]["schemas"])
OPERATIONS = {
    operation["operationId"]: operation for methods in API["paths"].values() for operation in methods.values()
}
UNSPOKEN = re.compile(r"given|shown|told", re.IGNORECASE)


@pytest.mark.parametrize("name", [*SCHEMAS, *OPERATIONS, *event_types()])
def test_no_name_says_given_shown_or_told(name: str) -> None:
    assert UNSPOKEN.search(name) is None


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_has_one_name_in_pascal_case_without_a_module(name: str) -> None:
    assert re.fullmatch(r"([A-Z][a-z0-9]+)+", name)
    assert not name.startswith("Coalition")
    assert API["components"]["schemas"][name].get("title", name) == name


@pytest.mark.parametrize("operation", list(OPERATIONS))
def test_an_operation_is_a_verb_with_a_noun(operation: str) -> None:
    assert re.fullmatch(r"[a-z]+([A-Z][a-z]+)+", operation)


@pytest.mark.parametrize("operation", list(OPERATIONS.values()), ids=list(OPERATIONS))
def test_an_operation_says_what_it_does_and_what_it_answers_with(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["description"]
    done = {status: answer for status, answer in operation["responses"].items() if status.startswith("2")}
    assert done
    for status, answer in done.items():
        assert answer["description"]
        kinds = answer.get("content", {})
        assert all(kind["schema"] for kind in kinds.values())
        assert bool(kinds) == (status != "204")
    for status, answer in operation["responses"].items():
        if status not in done:
            assert answer["content"]["application/problem+json"]["schema"] == {"$ref": "#/components/schemas/Problem"}


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_field_is_described(name: str) -> None:
    fields = API["components"]["schemas"][name].get("properties", {})
    assert [field for field, schema in fields.items() if not schema.get("description")] == []


def test_no_parameter_is_null_and_each_is_described() -> None:
    parameters = [parameter for operation in OPERATIONS.values() for parameter in operation.get("parameters", ())]
    assert parameters
    assert [parameter["name"] for parameter in parameters if "null" in str(parameter["schema"])] == []
    assert [parameter["name"] for parameter in parameters if not parameter.get("description")] == []
