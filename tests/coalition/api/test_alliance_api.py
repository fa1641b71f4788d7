"""The alliance over HTTP: rates and rules with dates, agreed on once, and a clock that a sandbox can move."""

from contextlib import closing

import pytest

from coalition.alliance import Alliances
from coalition.locale.check import english_runs
from coalition.programme.open_alliance import open_alliance
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


@pytest.mark.parametrize("rate", ["1e9", "1e99", "many"])
def test_a_rate_that_is_none_is_refused_in_chinese(town: ApiTown, rate: str) -> None:
    body = {"effective_at": JUNE, "points_per_unit": rate, "funding": "on_issue"}
    answer = town.client().post("/v1/alliance/terms", json=body, headers={"Accept-Language": "zh"})
    assert answer.status_code == 422
    assert english_runs("; ".join([answer.json()["detail"], *(it["problem"] for it in answer.json()["fields"])])) == []
