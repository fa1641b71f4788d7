"""A query parameter that an operation does not have is refused, whatever the operation is."""

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from coalition.api.access import roles_of
from coalition.api.write_client import description
from settlement.ledger import Database
from tests.coalition.api.test_foreign_tokens import api_routes
from tests.conftest import create_tables
from tests.support.clock import Clock, instant
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown, api_town

OPERATIONS: dict[str, tuple[str, str, dict[str, Any]]] = {
    operation["operationId"]: (method, path, operation)
    for path, methods in description()["paths"].items()
    for method, operation in methods.items()
}


@pytest.fixture(scope="module")
def callers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], TestClient]]:
    """Makes somebody who may call an operation: parameters are looked at once it is known who asks."""
    folder: Path = tmp_path_factory.mktemp("parameters")
    create_tables(url := f"sqlite:///{folder / 'api.db'}")
    with (
        closing(Database(url)) as database,
        api_town(database, Clock(instant("2024-05-15T12:00", "Europe/Berlin"))) as town,
    ):
        tokens = Tokens(town.database, town.alliance.id, town.clock())
        roles = {str(route.operation_id): roles_of(route.dependant) for route in api_routes()}

        def new(operation: str) -> TestClient:
            allowed = roles[operation]
            headers = {} if allowed is None else bearing(tokens.new(min(allowed), "bakery"))
            return TestClient(town.app, headers=headers, raise_server_exceptions=False)

        yield new


@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_parameter_that_an_operation_does_not_have_is_refused(
    operation: str, callers: Callable[[str], TestClient]
) -> None:
    method, path, described = OPERATIONS[operation]
    known = [each["name"] for each in described.get("parameters", ()) if each["in"] == "query"]
    answer = callers(operation).request(method, re.sub(r"{\w+}", "x", path), params={"as_off": "2026-12-31"})
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
    assert answer.json()["fields"] == [{"field": "at", "problem": "不是此操作的查询参数；此操作的参数为 as_of、format"}]


def test_a_query_that_is_no_utf8_is_refused(town: ApiTown) -> None:
    answer = town.client().get("/v1/events?shop=%ED%A0%80")
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "shop")
