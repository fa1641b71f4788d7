"""Bonus rules over HTTP: who gets how much, out of whose pot, to the point, and what a refund returns to it."""

from collections.abc import Iterator

import pytest

from coalition.access.caller import Role
from coalition.locale.formats import moment, rfc3339
from settlement.ledger import Database
from tests.support.clock import DAY, HOUR, Clock
from tests.support.town_api import ApiAnswer, ApiTown, api_town, check_audit, purchase, send

SHARED = [{"shop": "bakery", "share": 1}, {"shop": "operator", "share": 1}]
TUESDAY = 1
FIXED = {"kind": "fixed_bonus", "bonus_points": 50, "minimum_minor": 100}
CARD = {"kind": "stamp_card", "stamps": 10, "bonus_points": 50, "stamp_minor": 100}


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town on a Tuesday at noon, audited in the end."""
    clock.forward(6 * DAY)
    with api_town(database, clock) as town:
        yield town
        check_audit(town)


def add(town: ApiTown, rule: str = "double-tuesday", **fields: object) -> ApiAnswer:
    """Add a rule: double points on Tuesdays at the bakery, half of them paid by the alliance."""
    plain = {
        "effect": {"kind": "multiplier", "factor": "2"},
        "funders": SHARED,
        "budget": 50,
        "days": [TUESDAY],
        "shops": ["bakery"],
    }
    answer = town.client().post("/v1/rules", json={"rule": rule, **plain, **fields})
    return {"status": answer.status_code, **answer.json()}


def pots(town: ApiTown) -> dict[str, dict[str, int]]:
    """What is left in the pots, by rule and version."""
    rules = town.client().get("/v1/rules").json()["data"]
    return {
        f"{rule['rule']}@{rule['version']}": {funder["shop"]: funder["points_left"] for funder in rule["funders"]}
        for rule in rules
    }


def quoted(town: ApiTown, **body: object) -> dict[str, ApiAnswer]:
    """What a quote says of each rule."""
    asked = {"shop": "bakery", "member": "ann", "amount_minor": 1_000, **body}
    answer = send(town.till(str(asked["shop"])), "/v1/purchases/quote", None, **asked)
    return {line["id"]: line for line in answer["earning_forecast"]["breakdown"]}


def reasons(town: ApiTown, **body: object) -> dict[str, str | None]:
    return {name: line["reason"] for name, line in quoted(town, **body).items()}


def parts(sold: ApiAnswer) -> dict[str, int]:
    """What a purchase got, by who pays for it."""
    return {bonus["funder"]: bonus["points"] for bonus in sold["bonuses"]}


def test_double_tuesday_is_shared_to_the_point_and_a_refund_returns_it(town: ApiTown) -> None:
    """Sale 18.90, 200 points spent, cash 16.90: base 84, bonus 84 wanted, 25 + 25 there. Half goes back, then all."""
    purchase(town.till("cafe"), "before", shop="cafe", amount_minor=4_000)
    added = add(town)
    assert (added["status"], added["description"], added["version"]) == (201, "2 times the points", 1)
    assert pots(town) == {"double-tuesday@1": {"bakery": 25, "operator": 25}}
    (line,) = quoted(town, amount_minor=1_890, points=200).values()
    assert (line["amount"], line["reason"]) == (50, None)
    assert line["funders"] == [{"shop": "bakery", "points": 25}, {"shop": "operator", "points": 25}]
    sold = purchase(town.till(), "sale", amount_minor=1_890, points=200)
    assert (sold["points_spent"], sold["points_earned"], parts(sold)) == (200, 134, {"bakery": 25, "operator": 25})
    again = purchase(town.till(), "sale", amount_minor=1_890, points=200)
    assert {**again, "replayed": None} == sold
    assert town.till().get(f"/v1/purchases/{sold['id']}").json()["bonuses"] == sold["bonuses"]
    half = send(town.till(), "/v1/refunds", "half", purchase=sold["id"], amount_minor=945)
    assert (half["points_returned"], half["points_taken_back"]) == (100, 42 + 8)
    assert pots(town) == {"double-tuesday@1": {"bakery": 4, "operator": 4}}
    rest = send(town.till(), "/v1/refunds", "rest", purchase=sold["id"])
    assert (rest["points_returned"], rest["points_taken_back"]) == (100, 42 + 42)
    assert pots(town) == {"double-tuesday@1": {"bakery": 25, "operator": 25}}
    assert quoted(town)["double-tuesday@1"]["amount"] == 50


def test_a_rule_that_gives_nothing_says_why_in_both_languages(town: ApiTown) -> None:
    add(town, funders=[{"shop": "cafe"}], budget=60)
    add(town, "lunch", days=[], from_hour=12, until_hour=14)
    add(town, "big", days=[], effect={"kind": "fixed_bonus", "bonus_points": 7, "minimum_minor": 2_000})
    assert reasons(town, shop="cafe") == dict.fromkeys(("double-tuesday@1", "lunch@1", "big@1"), "other_shop")
    assert reasons(town) == {"double-tuesday@1": None, "lunch@1": None, "big@1": "nothing_earned"}
    assert reasons(town, amount_minor=2_000)["big@1"] is None
    sold = purchase(town.till(), "k1", amount_minor=2_000)
    assert {(bonus["rule"], bonus["funder"], bonus["points"]) for bonus in sold["bonuses"]} == {
        ("double-tuesday", "cafe", 60),
        ("lunch", "bakery", 25),
        ("lunch", "operator", 25),
        ("big", "bakery", 4),
        ("big", "operator", 3),
    }
    assert sold["points_earned"] == 100 + 60 + 50 + 7
    assert reasons(town)["double-tuesday@1"] == "budget_used_up"
    town.clock.forward(DAY + 3 * HOUR)
    assert reasons(town, amount_minor=2_000) == {
        "double-tuesday@1": "other_day", "lunch@1": "other_hour", "big@1": None,
    }  # fmt: skip
    body = {"shop": "bakery", "member": "ann", "amount_minor": 1_000}
    chinese = town.till().post("/v1/purchases/quote", json=body, headers={"Accept-Language": "zh"}).json()
    lines = {line["id"]: line for line in chinese["earning_forecast"]["breakdown"]}
    assert (lines["big@1"]["description"], lines["lunch@1"]["reason_detail"]) == (
        "满 20.00 EUR 加送 7 积分",
        "仅限一天中的其他时段。",
    )


def test_the_best_of_a_group_wins_and_a_sale_gets_no_more_than_the_most(town: ApiTown) -> None:
    whole = {"budget": 5_000, "group": "weekday", "funders": [{"shop": "operator"}]}
    add(town, "triple", effect={"kind": "multiplier", "factor": "3"}, most=60, **whole)
    add(town, "double", priority=1, **whole)
    assert reasons(town, amount_minor=1_000) == {"double@1": "better_bonus", "triple@1": None}
    assert parts(purchase(town.till(), "k1", amount_minor=1_000)) == {"operator": 60}
    assert parts(purchase(town.till(), "k2", amount_minor=2_000)) == {"operator": 100}


def test_a_version_takes_over_with_a_budget_of_its_own_and_a_rule_that_ends_puts_back(town: ApiTown) -> None:
    add(town, budget=1_000)
    early = town.clock()
    town.clock.forward(HOUR)
    assert add(town, effect={"kind": "multiplier", "factor": "3"}, budget=400)["version"] == 2
    assert parts(purchase(town.till(), "k1", amount_minor=1_000)) == {"bakery": 50, "operator": 50}
    late = purchase(town.till(), "k2", amount_minor=1_000, occurred_at=rfc3339(moment(early)))
    assert [bonus["version"] for bonus in late["bonuses"]] == [1, 1]
    assert pots(town)["double-tuesday@1"] == {"bakery": 475, "operator": 475}
    assert pots(town)["double-tuesday@2"] == {"bakery": 150, "operator": 150}
    ended = town.client().post("/v1/rules/double-tuesday/end").json()["data"]
    assert [rule["ended_at"] is not None for rule in ended] == [True, True]
    assert list(pots(town).values()) == [{"bakery": 0, "operator": 0}] * 2
    assert purchase(town.till(), "k3", amount_minor=1_000)["points_earned"] == 50
    # A refund goes on by the version that gave the bonus, and its pot can be put back again.
    send(town.till(), "/v1/refunds", "r1", purchase=late["id"])
    assert pots(town)["double-tuesday@1"] == {"bakery": 25, "operator": 25}
    town.clock.forward(1)
    town.client().post("/v1/rules/double-tuesday/end")
    assert pots(town)["double-tuesday@1"] == {"bakery": 0, "operator": 0}
    assert town.client().post("/v1/rules/nothing/end").status_code == 404


def test_a_shop_at_its_limit_gives_the_bonus_that_others_pay_for(town: ApiTown) -> None:
    add(town, funders=[{"shop": "cafe"}], budget=1_000)
    client = town.client()
    etag = client.get("/v1/shops/bakery/risk").headers["ETag"]
    client.put("/v1/shops/bakery/limit", json={"credit_minor": 10}, headers={"If-Match": etag})
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    assert (sold["points_earned"], parts(sold), sold["not_earned"]["code"]) == (50, {"cafe": 50}, "limit_reached")
    half = send(town.till(), "/v1/refunds", "r1", purchase=sold["id"], amount_minor=500)
    assert half["points_taken_back"] == 25
    assert pots(town) == {"double-tuesday@1": {"cafe": 975}}


def test_a_budget_is_within_its_funders_limits_and_a_large_one_takes_two_people(town: ApiTown) -> None:
    client = town.client()
    etag = client.get("/v1/shops/bakery/risk").headers["ETag"]
    client.put("/v1/shops/bakery/limit", json={"credit_minor": 100}, headers={"If-Match": etag})
    assert add(town, budget=202)["code"] == "limit_reached"
    assert add(town, budget=200)["status"] == 201
    assert add(town, funders=[{"shop": "cafe"}], budget=10_001)["code"] == "person_needed"
    for wrong, field in (
        ({"funders": [{"shop": "nowhere"}]}, "funders"),
        ({"funders": [{"shop": "cafe"}, {"shop": "cafe"}]}, "funders"),
        ({"last_day": "2024-05-20"}, "last_day"),
        ({"budget": 1}, "budget"),
        ({"shops": ["nowhere"]}, "shops"),
        ({"effect": FIXED, "budget": 49}, "budget"),
        ({"effect": CARD, "budget": 49}, "budget"),
        ({"effect": CARD, "most": 49}, "most"),
        ({"effect": CARD, "most_member": 49}, "most_member"),
        ({"effect": CARD, "most_member_day": 49}, "most_member_day"),
        ({"effect": CARD, "most_day": 49}, "most_day"),
        ({"from_hour": 22, "until_hour": 6}, "until_hour"),
        ({"from_hour": 12, "until_hour": 12}, "until_hour"),
        ({"first_day": "2030-01-02", "last_day": "2030-01-07", "days": [TUESDAY]}, "days"),
        ({"effect": {"kind": "multiplier", "factor": "1"}}, "effect.factor"),
        ({"effect": {"kind": "lottery"}}, "effect"),
    ):
        refused = add(town, **wrong)
        assert refused["status"] == 422, refused
        assert [problem["field"] for problem in refused["fields"]] == [field], refused
    assert add(town, rule="card", funders=[{"shop": "cafe"}], effect=CARD, budget=50, most_day=50)["status"] == 201
    assert (
        add(
            town, rule="days", funders=[{"shop": "cafe"}], first_day="2030-01-02", last_day="2030-01-08", days=[TUESDAY]
        )["status"]
        == 201
    )
    assert town.client(Role.SUPPORT).post("/v1/rules", json={}).status_code in (401, 403)
