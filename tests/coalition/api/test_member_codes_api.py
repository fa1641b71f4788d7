"""Members log in by a code: once, within minutes, in five tries, and strangers learn nothing."""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from coalition.access.rate_limits import CODE_CONTACT
from coalition.api.app import create_app
from settlement.ledger import Database
from tests.support.clock import DAY, MINUTE, Clock
from tests.support.town_api import ApiTown, FakeMessenger, api_town

ANN = "+4915112345678"


@pytest.fixture
def sent() -> FakeMessenger:
    """What is sent to members."""
    return FakeMessenger()


@pytest.fixture
def client(database: Database, clock: Clock, sent: FakeMessenger) -> Iterator[TestClient]:
    """A stranger at a server where Ann is a member."""
    with api_town(database, clock) as town:
        yield stranger_at(town, sent, 0)


def stranger_at(town: ApiTown, sent: FakeMessenger, rate_scale: int, language: str | None = None) -> TestClient:
    """A stranger at a server where Ann is a member, who reads this language."""
    enrolled = town.client().post("/v1/members", json={"phone": ANN, "language": language})
    assert enrolled.status_code == 201
    app = create_app(town.alliances, rate_scale=rate_scale, messenger=sent)
    return TestClient(app, raise_server_exceptions=False)


def code(client: TestClient, sent: FakeMessenger) -> str:
    """A new code of Ann's."""
    assert client.post("/v1/member-codes", json={"contact": ANN}).status_code == 202
    digits = re.search(r"\d{6}", sent.sent[-1][1])
    assert digits is not None
    return digits[0]


def log_in(client: TestClient, typed: str, contact: str = ANN) -> int:
    """The status of a log-in with a code."""
    return client.post("/v1/member-sessions", json={"contact": contact, "code": typed}).status_code


def test_a_code_logs_the_member_in_once(client: TestClient, sent: FakeMessenger) -> None:
    login_code = code(client, sent)
    got = client.post("/v1/member-sessions", json={"contact": "+49 151 12345678", "code": login_code})
    member = got.json()["subject"].removeprefix("member:")
    assert (got.status_code, got.json()["role"]) == (201, "member")
    headers = {"Authorization": f"Bearer {got.json()['token']}"}
    assert client.get("/v1/session", headers=headers).json()["member"] == member
    assert log_in(client, login_code) == 401


def test_a_code_is_good_for_five_minutes(client: TestClient, sent: FakeMessenger, clock: Clock) -> None:
    login_code = code(client, sent)
    clock.forward(5 * MINUTE)
    assert log_in(client, login_code) == 401


def test_a_new_code_replaces_the_one_before(client: TestClient, sent: FakeMessenger) -> None:
    first, second = code(client, sent), code(client, sent)
    if first != second:
        assert log_in(client, first) == 401
    assert log_in(client, second) == 201


def test_five_wrong_tries_end_a_code(client: TestClient, sent: FakeMessenger) -> None:
    login_code = code(client, sent)
    wrong = f"{(int(login_code) + 1) % 10**6:06d}"
    assert [log_in(client, wrong) for _ in range(5)] == [401] * 5
    assert log_in(client, login_code) == 401


def test_a_member_session_lasts_for_months_in_use(client: TestClient, sent: FakeMessenger, clock: Clock) -> None:
    login_code = code(client, sent)
    token = client.post("/v1/member-sessions", json={"contact": ANN, "code": login_code}).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    for _ in range(4):
        clock.forward(89 * DAY)
        client.app.state.callers.forget()
        assert client.get("/v1/session", headers=headers).status_code == 200
    clock.forward(10 * DAY)
    client.app.state.callers.forget()
    assert client.get("/v1/session", headers=headers).status_code == 401


def test_an_unknown_contact_is_answered_like_a_known_one_and_sent_nothing(
    client: TestClient, sent: FakeMessenger
) -> None:
    known = client.post("/v1/member-codes", json={"contact": ANN})
    assert len(sent.sent) == 1
    unknown = client.post("/v1/member-codes", json={"contact": "+4900000000"})
    elsewhere = client.post("/v1/member-codes", json={"contact": ANN, "alliance": "Elsewhere"})
    for other in (unknown, elsewhere):
        assert (other.status_code, other.content) == (known.status_code, known.content)
    assert len(sent.sent) == 1
    assert log_in(client, "000000", "+4900000000") == 401


def test_messages_speak_the_readers_language(client: TestClient, sent: FakeMessenger) -> None:
    client.post("/v1/member-codes", json={"contact": ANN}, headers={"Accept-Language": "zh"})
    assert "验证码" in sent.sent[-1][1]


def test_few_codes_are_sent_to_one_contact(database: Database, clock: Clock, sent: FakeMessenger) -> None:
    with api_town(database, clock) as town:
        client = stranger_at(town, sent, 1)
        got = [
            client.post("/v1/member-codes", json={"contact": ANN}).status_code for _ in range(CODE_CONTACT.quota + 1)
        ]
        assert got == [202] * CODE_CONTACT.quota + [429]


@pytest.mark.parametrize("typed", ["+49 151 12345678", "0151 12345678", "0049-151-12345678", "+49(0)15112345678"])
def test_a_code_is_bound_to_the_number_and_not_to_its_typing(
    client: TestClient, sent: FakeMessenger, typed: str
) -> None:
    assert client.post("/v1/member-codes", json={"contact": typed}).status_code == 202
    to, text = sent.sent[-1]
    digits = re.search(r"\d{6}", text)
    assert to == ANN
    assert digits is not None
    assert log_in(client, digits[0]) == 201


def test_other_ways_of_typing_a_number_count_as_the_same(database: Database, clock: Clock, sent: FakeMessenger) -> None:
    with api_town(database, clock) as town:
        client = stranger_at(town, sent, 1)
        ways = [" ".join([ANN[:3], ANN[3 : 4 + n], ANN[4 + n :]]) for n in range(CODE_CONTACT.quota + 1)]
        got = [client.post("/v1/member-codes", json={"contact": way}).status_code for way in ways]
        assert got == [202] * CODE_CONTACT.quota + [429]


@pytest.mark.parametrize(
    ("own", "asked_in", "words"),
    [("zh-Hans", "en", "验证码"), ("en", "zh", "is your code"), ("de", "zh", "验证码"), (None, "en", "is your code")],
)
def test_a_code_comes_in_the_members_own_language(
    database: Database, clock: Clock, sent: FakeMessenger, own: str | None, asked_in: str, words: str
) -> None:
    with api_town(database, clock) as town:
        client = stranger_at(town, sent, 0, own)
        client.post("/v1/member-codes", json={"contact": ANN}, headers={"Accept-Language": asked_in})
        assert words in sent.sent[-1][1]
