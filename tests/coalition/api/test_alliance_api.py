"""The alliance over HTTP: rates and rules with dates, agreed on once, and a clock that a sandbox can move."""

import time
from contextlib import closing
from dataclasses import replace

import pytest

from coalition.alliance import Alliances
from coalition.locale.check import english_runs
from coalition.programme.open_alliance import open_alliance
from settlement.audit import audit_book
from settlement.ledger import Database
from tests.support.clock import Clock, instant
from tests.support.people import by_two_people
from tests.support.town_api import RULES, ApiAnswer, ApiTown, purchase

JUNE = "2024-06-01T00:00:00Z"


def agree(town: ApiTown, what: str, **fields: object) -> ApiAnswer:
    version = town.client().get("/v1/alliance").headers["ETag"]
    answer = by_two_people(
        town, lambda owner: owner.post(f"/v1/alliance/{what}", json=fields, headers={"If-Match": version})
    )
    return {**answer.json(), "http": answer.status_code}


def test_points_keep_the_rate_under_which_they_were_issued(town: ApiTown) -> None:
    purchase(town.till(), "k1", amount_minor=2_000)
    answer = agree(town, "terms", effective_at=JUNE, points_per_unit="50", funding="on_redemption")
    assert [terms["points_per_unit"] for terms in answer["terms"]] == ["100", "50"]
    town.clock.set(instant("2024-06-02T12:00"))
    purchase(town.till(), "k2", amount_minor=2_000)
    spent = purchase(town.till("cafe"), "k3", shop="cafe", amount_minor=1_000, points=200)
    assert spent["cash_due_minor"] == 1_000 - 100 - 100 * 2


def test_new_rules_of_earning_hold_from_their_moment_on(town: ApiTown) -> None:
    agree(town, "earning", effective_at=JUNE, earn_points_per_unit="2.5", expiry_months=1)
    assert purchase(town.till(), "k1", amount_minor=10_000)["points_earned"] == 500
    town.clock.set(instant("2024-06-02T12:00"))
    late = {"occurred_at": "2024-05-31T12:00:00Z"}
    assert purchase(town.till(), "k2", amount_minor=10_000)["points_earned"] == 250
    assert purchase(town.till(), "k3", amount_minor=10_000, **late)["points_earned"] == 500


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("terms", {"effective_at": "2024-05-01T00:00:00Z", "points_per_unit": "50", "funding": "on_issue"}),
        ("terms", {"effective_at": JUNE, "points_per_unit": "0", "funding": "on_issue"}),
        ("terms", {"effective_at": JUNE, "points_per_unit": "1e9", "funding": "on_issue"}),
        ("terms", {"effective_at": JUNE, "points_per_unit": "50", "funding": "on_issue", "issue_fee_bps": 10_001}),
        ("earning", {"effective_at": "2024-05-01T00:00:00Z", "earn_points_per_unit": "5", "expiry_months": 1}),
        ("earning", {"effective_at": JUNE, "earn_points_per_unit": "-5", "expiry_months": 1}),
    ],
)
def test_what_cannot_be_agreed_on_is_refused(town: ApiTown, what: str, fields: dict[str, object]) -> None:
    assert agree(town, what, **fields)["http"] == 422


def test_of_two_agreements_at_once_the_second_is_told(town: ApiTown) -> None:
    read = {"If-Match": town.client().get("/v1/alliance").headers["ETag"]}
    body = {"effective_at": JUNE, "earn_points_per_unit": "2", "expiry_months": 1}
    first, second = (
        by_two_people(town, lambda owner: owner.post("/v1/alliance/earning", json=body, headers=read)) for _ in range(2)
    )
    assert (first.status_code, second.status_code) == (201, 412)


def test_the_clock_of_a_real_alliance_stands_where_it_is(town: ApiTown) -> None:
    answer = town.client().post("/v1/alliance/clock", json={"advance_seconds": 60})
    assert (answer.status_code, answer.json()["code"]) == (409, "no_sandbox")


def test_the_page_of_all_components_is_for_a_sandbox(town: ApiTown) -> None:
    assert town.client().get("/dev/components").status_code == 404


def test_a_sandbox_moves_its_clock_and_the_book_follows(database: Database, clock: Clock) -> None:

    open_alliance(database, RULES, clock, sandbox=True)
    town = ApiTown(database, clock)
    with closing(town.alliances):
        before = town.client().get("/v1/alliance").json()["now"]
        town.client().post("/v1/alliance/clock", json={"advance_seconds": 86_400})
        assert town.client().get("/v1/alliance").json()["now"] > before
        assert purchase(town.till(), "k1", amount_minor=1)["occurred_at"].startswith("2024-05-16")
        # Another process that opens it finds the same time.
        with closing(Alliances(database, clock)) as others:
            assert others.get(town.alliance.id).clock() == town.alliance.clock()


def test_name_and_windows_change_with_a_window(town: ApiTown) -> None:
    """A Wednesday noon in Berlin: what is agreed on for Friday holds from Monday 00:00 on, and the answer says so."""
    purchase(town.till(), "k1", amount_minor=2_000)
    answer = agree(
        town,
        "settings",
        effective_at="2024-05-17T00:00:00Z",
        name="Neustadt",
        timezone="Asia/Tokyo",
        settlement="daily",
    )
    assert answer["http"] == 201
    assert answer["settings"][-1] == {
        "effective_at": "2024-05-19T22:00:00Z",
        "name": "Neustadt",
        "timezone": "Asia/Tokyo",
        "settlement": "daily",
        "cutoff_weekday": 0,
        "cutoff_day": 1,
        "cutoff_at": "00:00:00",
    }
    now = (answer["name"], answer["timezone"], answer["settlement"])
    assert now == (RULES.name, "Europe/Berlin", "weekly")
    assert answer["settings"][0] == {
        **answer["settings"][-1],
        "effective_at": None,
        "name": RULES.name,
        "timezone": "Europe/Berlin",
        "settlement": "weekly",
    }
    entry = town.client().get("/v1/audit-log").json()["data"][0]
    assert (entry["action"], entry["details"]["from"]) == ("alliance.settings", "2024-05-19T22:00:00+00:00")
    town.clock.set(instant("2024-05-20T12:00"))
    later = town.client().get("/v1/alliance").json()
    assert (later["name"], later["timezone"], later["settlement"]) == ("Neustadt", "Asia/Tokyo", "daily")
    assert purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=100, points=100)["points_spent"] == 100
    windows = town.client().get("/v1/windows").json()["data"]
    assert [(window["id"], window["closes_at"]) for window in windows] == [
        ("win_20240519T220000Z", "2024-05-20T15:00:00Z"),
        ("win_20240512T220000Z", "2024-05-19T22:00:00Z"),
    ]
    for window in reversed(windows):
        town.clock.set(instant(window["closes_at"].removesuffix("Z")))
        assert town.client().post(f"/v1/windows/{window['id']}/close").status_code == 200
    statements = [
        town.client().get(f"/v1/windows/{window['id']}/statements/cafe", headers={"Accept": "application/json"}).json()
        for window in windows
    ]
    assert [(statement["alliance"], statement["window"]["timezone"]) for statement in statements] == [
        ("Neustadt", "Asia/Tokyo"),
        (RULES.name, "Europe/Berlin"),
    ]
    with town.session() as session:
        assert audit_book(town.alliance.book, session).ok


def test_other_processes_go_by_a_change_within_two_seconds(town: ApiTown, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(Alliances(town.database, town.clock)) as others:
        other = others.get(town.alliance.id)
        agree(town, "settings", effective_at=JUNE, timezone="Asia/Tokyo")
        now = time.monotonic()
        monkeypatch.setattr("time.monotonic", lambda: now + 2.1)
        town.clock.set(instant("2024-06-05T18:00"))
        assert other.today == 2024_06_06
        assert other.book.settings.timezone == "Asia/Tokyo"


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"effective_at": "2024-05-01T00:00:00Z", "settlement": "daily"}, "settings_not_later"),
        ({"effective_at": JUNE}, "settings_unchanged"),
        ({"effective_at": JUNE, "settlement": "weekly"}, "settings_unchanged"),
        ({"effective_at": JUNE, "settlement": "yearly"}, "invalid"),
        ({"effective_at": JUNE, "timezone": "Europe/Bonn"}, "unknown_time_zone"),
        ({"effective_at": JUNE, "name": " "}, "invalid"),
        ({"effective_at": JUNE, "cutoff_at": "24:00"}, "invalid"),
        ({"effective_at": JUNE, "cutoff_day": 32}, "invalid"),
        ({"effective_at": JUNE, "currency": "CHF"}, "invalid"),
    ],
)
def test_settings_that_cannot_be_agreed_on_are_refused(town: ApiTown, fields: dict[str, object], code: str) -> None:
    answer = agree(town, "settings", **fields)
    assert (answer["http"], answer["code"]) == (422, code)


def test_the_name_of_another_alliance_is_refused(town: ApiTown) -> None:
    open_alliance(town.database, replace(RULES, name="New Town"), town.clock)
    answer = agree(town, "settings", effective_at=JUNE, name="New Town")
    assert (answer["http"], answer["code"]) == (409, "name_taken")


@pytest.mark.parametrize("rate", ["1e9", "1e99", "many"])
def test_a_rate_that_is_none_is_refused_in_chinese(town: ApiTown, rate: str) -> None:
    body = {"effective_at": JUNE, "points_per_unit": rate, "funding": "on_issue"}
    answer = town.client().post("/v1/alliance/terms", json=body, headers={"Accept-Language": "zh"})
    assert answer.status_code == 422
    assert english_runs("; ".join([answer.json()["detail"], *(it["problem"] for it in answer.json()["fields"])])) == []
