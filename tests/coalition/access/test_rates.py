"""Rate limits: so many in a window, no double at its edge, and what the headers say."""

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.access.errors import TooManyRequests
from coalition.access.rates import LOG_IN_ACCOUNT, POLICY_OF_ROLE, STRANGERS, Policy, Rates
from coalition.api.app import create_app
from tests.support.clock import Clock
from tests.support.town_api import ApiTown

TEN_A_MINUTE = Policy("test", 10, 60)
SECOND_NS = 1_000_000_000


def test_a_whole_quota_may_come_at_once_and_then_no_more() -> None:
    rates = Rates(clock_ns=Clock(0))
    assert [rates.take(TEN_A_MINUTE, "ann").left for _ in range(10)] == list(range(9, -1, -1))
    with pytest.raises(TooManyRequests) as refused:
        rates.take(TEN_A_MINUTE, "ann")
    assert refused.value.retry_after_seconds == 6
    rates.take(TEN_A_MINUTE, "ben")


def test_a_request_is_taken_when_the_answer_said_it_would() -> None:
    clock = Clock(0)
    rates = Rates(clock_ns=clock)
    taken = 0
    for _ in range(600):
        try:
            rates.take(TEN_A_MINUTE, "ann")
            taken += 1
        except TooManyRequests as refused:
            clock.forward(refused.retry_after_seconds * SECOND_NS)
            rates.take(TEN_A_MINUTE, "ann")
            taken += 1
    assert taken <= 10 + clock.now // (6 * SECOND_NS)


def test_no_window_holds_more_than_twice_the_quota() -> None:
    clock = Clock(0)
    rates = Rates(clock_ns=clock)
    times = []
    for _ in range(2_000):
        clock.forward(SECOND_NS // 10)
        try:
            rates.take(TEN_A_MINUTE, "ann")
            times.append(clock.now)
        except TooManyRequests:
            pass
    assert max(sum(start <= at < start + 60 * SECOND_NS for at in times) for start in times) < 2 * TEN_A_MINUTE.quota


def test_a_scale_of_zero_lifts_the_limits() -> None:
    rates = Rates(0)
    assert {rates.take(TEN_A_MINUTE, "ann").left for _ in range(50)} == {10}


def test_every_role_has_a_limit() -> None:
    assert set(POLICY_OF_ROLE) == set(Role)


@pytest.fixture
def limited(town: ApiTown) -> TestClient:
    """Somebody without a key, at a server with its usual limits."""
    return TestClient(create_app(town.alliances), raise_server_exceptions=False)


def test_every_answer_says_how_many_requests_are_left(town: ApiTown, limited: TestClient) -> None:
    headers = {"Authorization": f"Bearer {town.key()}"}
    got = [limited.get("/v1/session", headers=headers) for _ in range(2)]
    assert got[0].headers["ratelimit-policy"] == '"systems";q=30000;w=60'
    assert [answer.headers["ratelimit"] for answer in got] == ['"systems";r=29999;t=1', '"systems";r=29998;t=1']


def test_who_guesses_keys_is_stopped(limited: TestClient) -> None:
    codes = [limited.get("/v1/session").status_code for _ in range(STRANGERS.quota + 5)]
    assert (codes[0], codes[-1]) == (401, 429)
    stopped = limited.get("/v1/session")
    assert (stopped.json()["code"], int(stopped.headers["retry-after"]) >= 1) == ("rate_limited", True)


def test_who_guesses_a_password_is_stopped(limited: TestClient) -> None:
    body = {"email": "owner@localhost", "password": "a guess of many letters"}
    codes = [limited.post("/v1/sessions", json=body).status_code for _ in range(LOG_IN_ACCOUNT.quota + 1)]
    assert codes == [401] * LOG_IN_ACCOUNT.quota + [429]
    other = limited.post("/v1/sessions", json={**body, "email": "another@localhost"})
    assert other.status_code == 401
