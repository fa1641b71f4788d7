"""A query parameter that an operation does not have is refused, whatever the operation is."""

import re
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from coalition.alliance import Alliances
from coalition.api.app import create_app
from coalition.api.write_client import description
from settlement.ledger import Database
from tests.conftest import create_tables
from tests.support.town_api import ApiTown

OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in description()["paths"].items()
    for method, operation in methods.items()
}


@pytest.fixture(scope="module")
def anybody(tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """Who has no key: parameters are looked at before anything else is."""
    folder: Path = tmp_path_factory.mktemp("parameters")
    create_tables(url := f"sqlite:///{folder / 'api.db'}")
    return TestClient(create_app(Alliances(Database(url)), rate_scale=0), raise_server_exceptions=False)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_parameter_that_an_operation_does_not_have_is_refused(operation: str, anybody: TestClient) -> None:
    method, path, described = OPERATIONS[operation]
    known = [each["name"] for each in described.get("parameters", ()) if each["in"] == "query"]
    answer = anybody.request(method, re.sub(r"{\w+}", "x", path), params={"as_off": "2026-12-31"})
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid")
    (field,) = problem["fields"]
    assert field["field"] == "as_off"
    assert all(name in field["problem"] for name in known)
    assert ("takes no query parameters" in field["problem"]) == (not known)
    assert "422" in described["responses"]


def test_a_parameter_that_comes_twice_is_refused(town: ApiTown) -> None:
    answer = town.client().get("/v1/events?shop=bakery&shop=cafe")
    assert (answer.status_code, answer.json()["fields"]) == (
        422,
        [{"field": "shop", "problem": "comes more than once"}],
    )


def test_in_the_readers_language(town: ApiTown) -> None:
    headers = {"Accept-Language": "zh"}
    answer = town.client().get("/v1/reports/liability", params={"at": "x"}, headers=headers)
    assert answer.json()["fields"] == [{"field": "at", "problem": "不是此操作的查询参数；此操作的参数为 as_of"}]
