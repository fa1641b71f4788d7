"""The headers of answers are those that the description has: none is missing there, and none is only there."""

from contextlib import closing
from typing import Any

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.api.access import roles_of
from coalition.api.app import create_app
from coalition.api.headers import HEADERS, ON_SUCCESS
from coalition.api.safe_headers import NAMES
from coalition.api.write_client import description
from settlement.ledger import Database
from tests.coalition.api.test_foreign_tokens import Matrix, api_routes
from tests.conftest import create_tables
from tests.support.cases import Case
from tests.support.clock import Clock
from tests.support.people import person, stranger
from tests.support.tokens import bearing
from tests.support.town_api import ApiTown, api_town

OF_HTTP = {"content-type", "content-length", "allow", *NAMES}
"""What is not described of each operation: HTTP itself, and what only browsers go by."""


def described() -> dict[str, dict[str, Any]]:
    """The answers of each operation, by its name."""
    return {
        operation["operationId"]: operation["responses"]
        for methods in description()["paths"].values()
        for operation in methods.values()
    }


ANSWERS = described()


def wrong_in(operation: str, got: Any) -> list[str]:
    """What is not as described in the headers of an answer."""
    if str(got.status_code) not in ANSWERS[operation]:
        return [f"{operation}: {got.status_code} is not described"]
    described = {name.lower(): name for name in ANSWERS[operation][str(got.status_code)]["headers"]}
    needed = {lower for lower, name in described.items() if HEADERS[name]["required"]}
    sent = set(got.headers) - OF_HTTP
    where = f"{operation} {got.status_code}"
    return [f"{where}: {name} is not described" for name in sent - set(described)] + [
        f"{where}: {name} is missing" for name in needed - sent
    ]


AWAITING = frozenset({"createAllianceSettings", "createEarningRules", "createTerms", "setFindingSettings"})
"""Operations that another person has to approve, so that nobody here gets their answer."""

UPLOADS = frozenset({"setShopImage"})
"""Operations that take a picture, and here get none."""


def test_every_answer_carries_what_is_described_and_nothing_else(memory: Any, clock: Clock) -> None:
    url = f"sqlite:///{memory / 'headers'}.db"
    create_tables(url)
    wrong, seen = [], set()
    with closing(Database(url)) as database, api_town(database, clock) as town:
        matrix = Matrix(town)
        app = create_app(town.alliances, rate_scale=1_000, messenger=town.messages)
        client = TestClient(app, raise_server_exceptions=False)
        for route in api_routes():
            operation = str(route.operation_id)
            if operation not in ANSWERS:
                continue
            case = matrix.cases.get(operation, Case({"alliance_id": "1"}))
            roles = roles_of(route.dependant) or frozenset({Role.OWNER})
            role = Role.OWNER if Role.OWNER in roles else min(roles)
            mine = {**bearing(matrix.ours.new(role, "bakery")), "Idempotency-Key": operation, "If-Match": "*"}
            path, (method,) = route.path.format(**case.path), route.methods
            for headers, body in ((mine, case.body), (mine, case.body), ({}, case.body), (mine, {"x": 1})):
                got = client.request(method, path, json=body, params=case.query, headers=headers)
                wrong += wrong_in(operation, got)
                seen |= {(operation, name) for name in got.headers}
    assert wrong == [], "\n".join(wrong)
    assert {operation for operation, name in seen if name == "etag"} == ON_SUCCESS["ETag"] - AWAITING - UPLOADS
    assert {"createRefund", "captureHold"} <= {operation for operation, name in seen if name == "idempotent-replayed"}


def test_so_does_a_log_in_by_a_browser(town: ApiTown) -> None:
    got = person(town, Role.CASHIER, "bakery").try_to_log_in(stranger(town), cookie=True)
    assert (got.status_code, wrong_in("logIn", got)) == (201, [])
    assert {"set-cookie", "cache-control"} <= set(got.headers)


@pytest.mark.parametrize("name", HEADERS)
def test_every_header_that_is_described_is_on_some_answer(name: str) -> None:
    assert any(name in answer["headers"] for answers in ANSWERS.values() for answer in answers.values())
