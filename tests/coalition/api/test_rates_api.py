"""Rate limits over HTTP: headers on every answer, and an end to guessing."""

import pytest
from fastapi.testclient import TestClient

from coalition.access.rates import LOG_IN_ACCOUNT, STRANGERS
from coalition.api.app import create_app
from tests.support.town_api import ApiTown


@pytest.fixture
def limited(town: ApiTown) -> TestClient:
    """Somebody without a key, at a server with its usual limits."""
    return TestClient(create_app(town.alliances), raise_server_exceptions=False)


def test_every_answer_says_how_many_requests_are_left(town: ApiTown, limited: TestClient) -> None:
    known = limited.get("/v1/session", headers={"Authorization": f"Bearer {town.key()}"})
    assert (known.status_code, known.headers["ratelimit-policy"]) == (200, '"systems";q=30000;w=60')
    assert known.headers["ratelimit"] == '"systems";r=29999;t=1'
    unknown = limited.get("/v1/session")
    assert (unknown.status_code, unknown.headers["ratelimit-policy"]) == (401, '"strangers";q=120;w=60')
    assert unknown.headers["ratelimit"] == '"strangers";r=119;t=1'


def test_who_guesses_keys_is_stopped(limited: TestClient) -> None:
    # Two more are allowed for each second that this takes.
    codes = [limited.get("/v1/session").status_code]
    while codes[-1] == 401 and len(codes) < 10 * STRANGERS.quota:
        codes.append(limited.get("/v1/session").status_code)
    assert codes[-1] == 429
    assert len(codes) > STRANGERS.quota
    stopped = limited.get("/v1/session")
    assert (stopped.json()["code"], int(stopped.headers["retry-after"]) >= 1) == ("rate_limited", True)


def test_who_guesses_a_password_is_stopped(limited: TestClient) -> None:
    body = {"email": "owner@localhost", "password": "a guess of many letters"}
    codes = [limited.post("/v1/sessions", json=body).status_code for _ in range(LOG_IN_ACCOUNT.quota + 1)]
    assert codes == [401] * LOG_IN_ACCOUNT.quota + [429]
    other = limited.post("/v1/sessions", json={**body, "email": "another@localhost"})
    assert other.status_code == 401
