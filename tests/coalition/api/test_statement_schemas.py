"""A statement as JSON is as the reference describes it: no field is missing there, and none is too many."""

import json

import pytest

from coalition.api.routes.statement_schemas import Statement
from coalition.api.write_client import description
from coalition.locale.formats import Lang
from coalition.statements import render
from settlement import Minor
from tests.coalition.statements.made import EVERY_KIND, made


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("with_moves", [False, True])
def test_every_field_of_a_statement_is_described(lang: Lang, *, with_moves: bool) -> None:
    statement, moves = made(EVERY_KIND, carried_over=Minor(-700), kept_in_deposit=Minor(5))
    written = json.loads(render(statement, moves if with_moves else {}, "json", lang))
    read = Statement.model_validate(written)
    assert json.loads(read.model_dump_json(exclude_unset=True)) == written
    assert with_moves == any(line.drill_down for section in read.sections for line in section.lines)


def test_every_answer_in_json_is_described_field_by_field() -> None:
    schemas = description()["components"]["schemas"]
    for operations in description()["paths"].values():
        for operation in operations.values():
            for answer in operation["responses"].values():
                for media_type, content in answer.get("content", {}).items():
                    if media_type.endswith("json"):
                        assert "$ref" in content["schema"] or content["schema"]["type"] == "array"
    for name, schema in schemas.items():
        for field, of in schema.get("properties", {}).items():
            assert of.get("description"), f"{name}.{field}"
