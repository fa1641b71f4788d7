"""What is said of a field that can't be used: in the reader's language, whatever is wrong with it."""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import TypeAdapter, ValidationError
from pydantic_core.core_schema import ErrorType

from coalition.api import problems
from coalition.api.errors import BadRequest
from coalition.api.field_texts import TEXTS
from coalition.api.routing import routers
from coalition.locale.error_text import error_text
from coalition.locale.formats import Lang
from coalition.locale.messages import translate
from tests.support.town_api import ApiTown

WRONG: tuple[object, ...] = (
    None,
    True,
    "12",
    12.0,
    1.5,
    -1,
    -(10**30),
    10**30,
    "",
    "\0",
    "a\u2028b",
    "x" * 100_000,
    "2026-06-01",
    "2026-06-01T10:00:00",
    "2026-13-01T10:00:00Z",
    "26-06-01",
    [],
    [1, "x"],
    ["x"] * 2_000,
    {},
    {"x": 1},
    {f"k{n}": "v" for n in range(2_000)},
)
"""Among them at least one that breaks each rule that a schema of ours has."""
LANGUAGES: tuple[Lang, ...] = ("en", "zh")
NO_INTEGER = ("12", "12.0", 12.0, True, "", " 12")
Path_ = tuple[str | int, ...]


def bodies() -> dict[str, TypeAdapter[Any]]:
    """What each route takes as its body, by operation."""
    return {
        str(route.operation_id): TypeAdapter(route.body_field.field_info.annotation)
        for router in routers()
        for route in router.routes
        if isinstance(route, APIRoute) and route.body_field is not None
    }


def fields(schema: dict[str, Any], root: dict[str, Any], path: Path_ = ()) -> Iterator[tuple[Path_, str]]:
    """Every place of a body, and each type of JSON that is taken there."""
    if "$ref" in schema:
        yield from fields(root["$defs"][schema["$ref"].rpartition("/")[2]], root, path)
        return
    yield path, str(schema.get("type"))
    for inner in schema.get("anyOf", ()):
        yield from fields(inner, root, path)
    for name, inner in schema.get("properties", {}).items():
        yield from fields(inner, root, (*path, name))
    if isinstance(schema.get("items"), dict):
        yield from fields(schema["items"], root, (*path, 0))


def body_with(path: Path_, value: object) -> object:
    """A body in which nothing is there but this."""
    for part in reversed(path):
        value = [value] if part == 0 else {part: value}
    return value


def errors(adapter: TypeAdapter[Any], path: Path_, value: object) -> list[Any]:
    try:
        adapter.validate_python(body_with(path, value))
    except ValidationError as error:
        return list(error.errors())
    return []


BODIES = bodies()


@pytest.mark.parametrize("operation", sorted(BODIES))
def test_whatever_is_wrong_in_a_body_is_said_in_both_languages(operation: str) -> None:
    adapter = BODIES[operation]
    schema = adapter.json_schema()
    for path, _ in set(fields(schema, schema)):
        for value in WRONG:
            problems_found = errors(adapter, path, value)
            for lang in LANGUAGES:
                assert (
                    error_text(problems.invalid_by_schema(problems_found, body_with(path, value)), lang)
                    or not problems_found
                )
            assert {error["type"] for error in problems_found} <= set(TEXTS)


def test_of_thousands_of_fields_the_first_are_said_and_how_many_more() -> None:
    body = ["x"] * 5_000
    refusal = problems.invalid_by_schema(errors(TypeAdapter(list[int]), (), body), body)
    detail = error_text(refusal, "en")
    assert detail.count(";") == problems.FIELDS_MAX
    assert detail.removesuffix(".").endswith("; and 4,950 more fields")
    assert [each.field for each in problems.fields_of(refusal, detail, "en")] == list(map(str, range(50)))
    assert "还有 4,950 个字段" in error_text(refusal, "zh")


def parameters(dependant: Dependant) -> Iterator[Any]:
    """What a route reads beside its body."""
    yield from (*dependant.path_params, *dependant.query_params, *dependant.header_params)
    for inner in dependant.dependencies:
        yield from parameters(inner)


def test_whatever_is_wrong_in_a_parameter_has_its_text() -> None:
    types = set()
    for router in routers():
        for route in router.routes:
            for parameter in parameters(route.dependant) if isinstance(route, APIRoute) else ():
                for value in (value for value in WRONG if isinstance(value, str)):
                    types |= {
                        error["type"] for error in parameter.validate(value, {}, loc=("query", parameter.name))[1]
                    }
    assert {"int_parsing", "enum", "literal_error", "bool_parsing", "datetime_from_date_parsing"} <= types <= set(TEXTS)


# An item of a batch is answered in its place; it is a purchase, which is among the others.
@pytest.mark.parametrize("operation", sorted(BODIES.keys() - {"createBatch"}))
def test_an_integer_is_written_as_one(operation: str) -> None:
    adapter = BODIES[operation]
    schema = adapter.json_schema()
    for path, type_ in set(fields(schema, schema)):
        for value in NO_INTEGER if type_ == "integer" else ():
            assert any(error["loc"][: len(path)] == path for error in errors(adapter, path, value)), (path, value)


def test_every_text_of_our_own_is_said_somewhere() -> None:
    """All but pydantic's own, of which its list leaves one out."""
    at = {"field_error": 0, "invalid": 1}
    used = set()
    for path in Path(problems.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in at:
                name = node.args[at[node.func.id]]
                used |= {name.value} if isinstance(name, ast.Constant) else set()
    assert set(TEXTS) - set(get_args(ErrorType)) - {"base64_decode"} == used


@pytest.mark.parametrize(
    ("query", "english", "chinese"),
    [
        ({"limit": "0"}, "limit: must be 1 or more", "limit：不得小于 1"),
        ({"limit": "101"}, "limit: must be 100 or less", "limit：不得大于 100"),
        ({"limit": "many"}, "limit: must be a whole number", "limit：必须为整数"),
        ({"limit": "9" * 5_000}, "limit: is too large a number", "limit：数值过大"),
        ({"since": "x"}, "since: must be a moment with its offset", "since：必须为带时区偏移的时间"),
        ({"since": "1780308000"}, "since: must be a moment with its offset", "since：必须为带时区偏移的时间"),
        ({"since": "2026-06-01T10:00:00"}, "since: must have its offset from UTC", "since：必须带有 UTC 偏移"),
        ({"cursor": "x"}, "cursor: is not a cursor of this list", "cursor：不是此列表的游标"),
        ({"shop": ""}, "shop: must have at least 1 characters", "shop：至少 1 个字符"),
        (
            {"type": "x"},
            "type: must be 'adjustment.created', 'balance.released', 'bonus_budget.",
            "type：必须为 'adjustment.created'、'balance.released'、'bonus_budget.",
        ),
    ],
)
def test_a_parameter_is_told_in_the_readers_language(
    town: ApiTown, query: dict[str, str], english: str, chinese: str
) -> None:
    client = town.client()
    for lang, text in (("en", english), ("zh-CN", chinese)):
        answer = client.get("/v1/events", params=query, headers={"Accept-Language": lang}).json()
        assert answer["code"] == "invalid"
        assert answer["detail"].startswith(text)
        assert answer["fields"][0]["problem"] in answer["detail"]


@pytest.mark.parametrize(
    ("fields_sent", "field", "english", "chinese"),
    [
        ({"amount_minor": "12"}, "amount_minor", "must be a whole number", "必须为不带引号的整数"),
        ({"points": "some"}, "points", "must be 'all'", "必须为 'all'"),
        ({"note": 1}, "note", "is not a field of this request", "此请求没有该字段"),
        ({"shop": None}, "shop", "must be text", "必须为文本"),
        ({"pay_code": "29" + "0" * 18}, "body", "name the buyer by one of", "请用 member、pay_code"),
        ({"lines": [{"ref": "1"}]}, "lines.0.amount_minor", "is required", "为必填项"),
        ({"lines": [{"ref": "1", "amount_minor": 7}]}, "body", "the lines add up to 7", "各行合计为 7"),
    ],
)
def test_a_field_is_told_in_the_readers_language(
    town: ApiTown, fields_sent: dict[str, object], field: str, english: str, chinese: str
) -> None:
    till = town.till()
    body = {"shop": "bakery", "member": "ann", "amount_minor": 100, **fields_sent}
    for lang, text in (("en", english), ("zh-CN", chinese)):
        answer = till.post("/v1/purchases/quote", json=body, headers={"Accept-Language": lang})
        assert answer.status_code == 422
        first = answer.json()["fields"][0]
        assert (first["field"], first["problem"][: len(text)]) == (field, text)


def test_a_body_that_is_no_json_is_told_in_the_readers_language(town: ApiTown) -> None:
    headers = {"Accept-Language": "zh", "Content-Type": "application/json"}
    answer = town.till().post("/v1/purchases/quote", content=b"{", headers=headers)
    assert (answer.status_code, answer.json()["detail"]) == (400, translate(BadRequest.detail, "zh"))
