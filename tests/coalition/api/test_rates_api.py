"""Rate limits over HTTP: headers on every answer, and an end to guessing."""

import json
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from coalition.access.rate_limits import CODE_CONTACT, LOG_IN_ACCOUNT, STRANGERS
from coalition.api.app import create_app
from tests.support.served import Site
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


def test_the_workers_of_a_server_share_the_limits_of_log_ins_and_codes(new_postgres_url: str, tmp_path: Path) -> None:
    site = Site(new_postgres_url, tmp_path)
    with closing(site.database), site.served("--workers", 3, rate_scale=1):

        def statuses(path: str, body: Mapping[str, str], times: int) -> Counter[int]:
            # Each on a connection of its own, so that they go to different workers.
            answers = [answer for _ in range(times // 10) for answer in site.ask([posted(path, body)] * 10, 10)]
            return Counter(answer.status for answer in answers if answer is not None)

        guess = {"email": "owner@localhost", "password": "a guess of many letters"}
        guesses = statuses("/v1/sessions", guess, 30)
        codes = statuses("/v1/member-codes", {"contact": "ann@example.com"}, 10)
    # One more may have been let through while this took its time.
    assert guesses.keys() == {401, 429}
    assert LOG_IN_ACCOUNT.quota <= guesses[401] <= LOG_IN_ACCOUNT.quota + 1
    assert codes == {202: CODE_CONTACT.quota, 429: 10 - CODE_CONTACT.quota}


def posted(path: str, body: Mapping[str, str]) -> bytes:
    """A request without a key, as bytes on the wire."""
    content = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: test\r\nContent-Type: application/json\r\nContent-Length: {len(content)}"
    return head.encode() + b"\r\n\r\n" + content
