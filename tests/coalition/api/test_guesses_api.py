"""Guesses: counted by account and household and not by spelling, logged, told, and no way to lock somebody out."""

import logging
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.access.place import place_of
from coalition.access.rate_limits import CODE_ADDRESS, CODE_CONTACT_DAY, CODE_DEVICE, LOG_IN_ACCOUNT
from coalition.access.refused_log_ins import WARNED_AFTER
from coalition.api.app import create_app
from coalition.jobs.job import WorkSettings
from coalition.messaging.messenger import Messenger
from tests.support.passkeys import add_passkey, device
from tests.support.people import Person, person
from tests.support.town_api import ApiTown, FakeMessenger

ANN = "+4915112345678"
HOME, STRANGER = "192.0.2.1", "198.51.100.7"
WRONG = "a password of somebody else"


class Server:
    """The town behind its limits; `at` calls from an address."""

    def __init__(self, town: ApiTown, settings: WorkSettings | None = None) -> None:
        self.town = town
        self.sent = FakeMessenger()
        messenger: Messenger = self.sent
        self.app = create_app(town.alliances, rate_scale=1, messenger=messenger, settings=settings)

    def at(self, address: str) -> TestClient:
        return TestClient(
            self.app, base_url="https://testserver", raise_server_exceptions=False, client=(address, 50_000)
        )

    def ask_for_code(self, contact: str, address: str = HOME, alliance: str | None = None) -> int:
        body = {"contact": contact} | ({} if alliance is None else {"alliance": alliance})
        return self.at(address).post("/v1/member-codes", json=body).status_code


@pytest.fixture
def server(town: ApiTown) -> Iterator[Server]:
    return Server(town)


@pytest.fixture
def cashier(town: ApiTown) -> Person:
    return person(town, Role.CASHIER, "bakery", "ann@example.org")


def guess(server: Server, address: str, **changes: str) -> int:
    body = {"email": "ann@example.org", "password": WRONG, **changes}
    return server.at(address).post("/v1/sessions", json=body).status_code


def test_no_spelling_of_an_account_has_a_quota_of_its_own(server: Server, cashier: Person) -> None:
    spellings = [
        {},
        {"alliance": "Old Town"},
        {"email": "ann@example.org."},
        {"email": "ＡＮＮ@example.org"},
        {"email": "Ann@Example.ORG", "alliance": "Old Town"},
    ]
    got = [guess(server, STRANGER, **spellings[number % len(spellings)]) for number in range(12)]
    assert got == [401] * LOG_IN_ACCOUNT.quota + [429] * 2
    assert cashier.email == "ann@example.org"


def test_an_unknown_account_is_answered_and_counted_alike(server: Server, cashier: Person) -> None:
    bodies = [{"email": email, "password": WRONG} for email in (cashier.email, "nobody@example.org")]
    answers = [
        [server.at(STRANGER).post("/v1/sessions", json=body) for _ in range(LOG_IN_ACCOUNT.quota + 1)]
        for body in bodies
    ]
    known, unknown = ([(answer.status_code, answer.json()["code"]) for answer in each] for each in answers)
    assert known == unknown


def test_a_stranger_who_guesses_does_not_lock_the_owner_out(server: Server, cashier: Person) -> None:
    assert cashier.try_to_log_in(server.at(HOME)).status_code == 201
    assert [guess(server, STRANGER) for _ in range(11)] == [401] * 10 + [429]
    assert cashier.try_to_log_in(server.at(STRANGER)).status_code == 429
    assert cashier.try_to_log_in(server.at(HOME)).status_code == 201


def test_the_addresses_of_a_household_count_as_one(server: Server) -> None:
    asked = range(CODE_ADDRESS.quota + 1)
    got = [server.ask_for_code(f"+4915112345{number:03d}", f"2001:db8::{number:x}") for number in asked]
    assert got == [202] * CODE_ADDRESS.quota + [429]
    assert server.ask_for_code(ANN, "2001:db8:0:1::1") == 202


def test_one_phone_leaves_the_others_of_a_shops_network_their_codes(server: Server) -> None:
    def phone() -> TestClient:
        browser = server.at(HOME)
        assert browser.get("/wallet/log-in", headers={"Accept": "text/html"}).status_code == 200
        return browser

    def ask(browser: TestClient, number: int) -> int:
        return browser.post("/v1/member-codes", json={"contact": f"+4915112345{number:03d}"}).status_code

    greedy, *others = (phone() for _ in range(3))
    got = [ask(greedy, number) for number in range(CODE_DEVICE.quota + 20)]
    assert got == [202] * CODE_DEVICE.quota + [429] * 20
    assert [ask(other, 100 + number) for number, other in enumerate(others)] == [202, 202]
    # What was refused to it counts to nobody else.
    left = CODE_ADDRESS.quota - CODE_DEVICE.quota - len(others)
    assert [server.ask_for_code(f"+4915112346{number:03d}") for number in range(left + 1)] == [202] * left + [429]


@pytest.mark.parametrize(
    ("host", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
    ],
)
def test_a_place_is_an_address_or_a_household(host: str, place: str) -> None:
    assert place_of(host) == place


def test_refused_log_ins_are_logged_without_names_and_told_after_ten(
    server: Server, cashier: Person, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "coalition.access"):
        assert [guess(server, STRANGER) for _ in range(WARNED_AFTER)] == [401] * WARNED_AFTER
    logged = [record.getMessage() for record in caplog.records if record.name == "coalition.access"]
    assert len(logged) == WARNED_AFTER
    assert len(set(logged)) == 1
    assert not any(text in logged[0] for text in (cashier.email, STRANGER))
    assert [to for to, _ in server.sent.sent] == [cashier.email]
    assert "10 log-ins" in server.sent.sent[0][1]


def test_a_log_in_begins_the_count_anew(server: Server, cashier: Person) -> None:
    for _ in range(2):
        for _ in range(WARNED_AFTER - 1):
            assert guess(server, HOME) == 401
        assert cashier.try_to_log_in(server.at(HOME)).status_code == 201
    assert server.sent.sent == []


def test_a_member_is_told_of_wrong_codes(town: ApiTown) -> None:
    assert town.client().post("/v1/members", json={"phone": ANN}).status_code == 201
    server = Server(town)
    spellings = (ANN, "+49-151--1234-5678", "0151 12345678")
    for number in range(WARNED_AFTER):
        body = {"contact": spellings[number % 3], "code": "000000"}
        assert server.at(STRANGER).post("/v1/member-sessions", json=body).status_code == 401
    assert [to for to, _ in server.sent.sent] == [ANN]


def test_codes_have_one_quota_whatever_the_spelling(server: Server) -> None:
    spellings = [ANN, "+49-151--1234-5678", "0151 12345678", "+４９15112345678"]
    got = [server.ask_for_code(contact, alliance=name) for contact in spellings for name in (None, "Old Town")]
    assert got == [202] * 3 + [429] * 5


def test_a_contact_gets_few_codes_a_day(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [server.town.clock() // 86_400_000_000 * 86_400_000_000]
    monkeypatch.setattr(server.app.state.log_in_rates, "_clock", lambda: now[0])
    got = []
    for number in range(CODE_CONTACT_DAY.most + 1):
        now[0] += 20 * 60 * 1_000_000
        got.append(server.ask_for_code(ANN, f"192.0.2.{number}"))
    assert got == [202] * CODE_CONTACT_DAY.most + [429]


def test_no_more_is_spent_on_messages_to_phones_than_is_set(town: ApiTown) -> None:
    for number in range(4):
        town.client().post("/v1/members", json={"phone": f"{ANN[:-1]}{number}", "email": f"m{number}@x.example"})
    server = Server(town, WorkSettings(sms_per_day_max=2))
    assert [server.ask_for_code(f"{ANN[:-1]}{number}") for number in range(4)] == [202] * 4
    assert len(server.sent.sent) == 2
    assert server.ask_for_code("m3@x.example") == 202
    assert len(server.sent.sent) == 3


def test_refused_passkeys_are_logged_counted_and_told(
    server: Server, cashier: Person, caplog: pytest.LogCaptureFixture
) -> None:
    phone = device()
    assert add_passkey(cashier.log_in(), phone).status_code == 201
    client = server.at(STRANGER)
    with caplog.at_level(logging.WARNING, "coalition.access"):
        for _ in range(WARNED_AFTER):
            begun = client.post("/v1/sessions/passkey/options", json={}).json()
            forged = phone.get(begun["options"])
            forged["response"] = {**forged["response"], "signature": "AAAA"}
            body = {"challenge": begun["challenge"], "credential": forged}
            assert client.post("/v1/sessions/passkey", json=body).status_code == 401
    assert len([record for record in caplog.records if "log-in refused" in record.message]) == WARNED_AFTER
    assert [to for to, text in server.sent.sent if "Refused log-ins" in text] == [cashier.email]
