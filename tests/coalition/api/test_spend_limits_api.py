"""Limits of spending over HTTP: a sale keeps to those of its time and shop, and a till hears which they are."""

from collections.abc import Iterator

import pytest

from coalition.access.caller import Role
from coalition.locale.formats import moment, rfc3339
from settlement.ledger import Database
from tests.support.clock import DAY, HOUR, Clock
from tests.support.town_api import ApiAnswer, ApiTown, api_town, check_audit, purchase, send

HALF = {"kind": "greatest_share", "percent": "50"}
HUNDREDS = {"kind": "step", "step": 100}


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """Ann has 2,000 points of the café's. Audited in the end."""
    with api_town(database, clock) as town:
        purchase(town.till("cafe"), "before", shop="cafe", amount_minor=40_000)
        yield town
        check_audit(town)


def add(town: ApiTown, rule: str = "half", **fields: object) -> ApiAnswer:
    answer = town.client().post("/v1/spend-limits", json={"rule": rule, "effect": HALF, **fields})
    return {"status": answer.status_code, **answer.json()}


def quoted(town: ApiTown, **body: object) -> ApiAnswer:
    asked = {"shop": "bakery", "member": "ann", "amount_minor": 1_000, "points": "all", **body}
    return send(town.till(str(asked["shop"])), "/v1/purchases/quote", None, **asked)


def spent(town: ApiTown, key: str, shop: str = "bakery", **body: object) -> int:
    sold = purchase(town.till(shop), key, **{"shop": shop, "amount_minor": 1_000, "points": "all", **body})
    return int(sold["points_spent"])


def test_points_pay_for_half_and_a_till_is_told_why(town: ApiTown) -> None:
    added = add(town)
    assert (added["status"], added["version"]) == (201, 1)
    assert added["description"] == "Points pay for at most 50 % of a sale"
    quote = quoted(town)
    assert (quote["points_spent"], quote["cash_due_minor"]) == (500, 500)
    assert quote["spend_limits"] == [{"id": "half@1", "description": "Points pay for at most 50 % of a sale"}]
    sold = purchase(town.till(), "sale", amount_minor=1_000, points="all")
    assert (sold["points_spent"], sold["cash_due_minor"]) == (500, 500)
    refused = town.till().post(
        "/v1/purchases",
        json={"shop": "bakery", "member": "ann", "amount_minor": 1_000, "points": 501, "accept_partial": False},
        headers={"Idempotency-Key": "exact"},
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "amount_too_large")
    assert "500" in refused.json()["detail"]
    zh = town.client().get("/v1/spend-limits", headers={"Accept-Language": "zh"}).json()["data"]
    assert zh[0]["description"] == "积分最多支付一笔消费的 50%"


def test_a_limit_is_for_its_shops_and_ends(town: ApiTown) -> None:
    add(town, "hundreds", effect=HUNDREDS, shops=["bakery"])
    assert spent(town, "1", amount_minor=250) == 200
    assert spent(town, "2", "cafe", amount_minor=250) == 250
    ended = town.client().post("/v1/spend-limits/hundreds/end").json()["data"]
    assert [each["ended_at"] for each in ended] == [rfc3339(moment(town.clock()))]
    assert spent(town, "3", amount_minor=250) == 250
    assert quoted(town)["spend_limits"] == []


def test_a_sale_keeps_to_the_limits_of_its_time_whenever_it_is_sent(town: ApiTown) -> None:
    before = town.clock()
    town.clock.forward(HOUR)
    add(town)
    town.clock.forward(HOUR)
    at = {"occurred_at": rfc3339(moment(before))}
    assert spent(town, "late", **at) == 1_000
    assert spent(town, "now") == 500
    assert spent(town, "late", **at) == 1_000, "the first answer again"


def test_a_limit_begins_on_a_day_and_takes_over_from_its_version(town: ApiTown) -> None:
    add(town)
    tomorrow = rfc3339(moment(town.clock() + DAY))[:10]
    assert add(town, effect=HUNDREDS, first_day=tomorrow)["version"] == 2
    assert quoted(town, amount_minor=250)["points_spent"] == 125
    town.clock.forward(DAY)
    assert quoted(town, amount_minor=250)["points_spent"] == 200
    rows = town.client(Role.SUPPORT).get("/v1/spend-limits").json()["data"]
    assert [(row["rule"], row["version"], row["effect"]) for row in rows] == [("half", 1, HALF), ("half", 2, HUNDREDS)]


def test_points_pay_for_no_line_that_says_so(town: ApiTown) -> None:
    lines = [
        {"ref": "bread", "amount_minor": 400},
        {"ref": "tobacco", "amount_minor": 600, "earns": False, "spends": False},
    ]
    quote = quoted(town, lines=lines)
    assert (quote["points_spent"], quote["points_earned"]) == (400, 20)
    assert [line["spends"] for line in quote["lines"]] == [True, False]
    sold = purchase(town.till(), "lines", amount_minor=1_000, points="all", lines=lines)
    assert (sold["points_spent"], sold["cash_due_minor"]) == (400, 600)
    booked = town.till().get(f"/v1/purchases/{sold['id']}").json()
    assert [(line["ref"], line["earns"], line["spends"]) for line in booked["lines"]] == [
        ("bread", True, True),
        ("tobacco", False, False),
    ]
    # As of any sale: in the proportion in which all of it was paid.
    refunded = send(town.till(), "/v1/refunds", "r", purchase=sold["id"], lines=["tobacco"])
    assert (refunded["points_returned"], refunded["cash_back_minor"]) == (240, 360)


def test_a_batch_keeps_to_the_limits_too(town: ApiTown) -> None:
    add(town)
    items = [
        {"idempotency_key": f"b{number}", "shop": "bakery", "member": "ann", "amount_minor": 200, "points": "all"}
        for number in range(3)
    ]
    answers = town.till().post("/v1/batches", json={"purchases": items}).json()["data"]
    assert [answer["points_spent"] for answer in answers] == [100, 100, 100]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"effect": {"kind": "greatest_share", "percent": "100"}}, "effect.percent"),
        ({"effect": {"kind": "greatest_share", "percent": "-1"}}, "effect.percent"),
        ({"effect": {"kind": "step", "step": 1}}, "effect.step"),
        ({"effect": {"kind": "minimum", "least": 0}}, "effect.least"),
        ({"effect": {"kind": "maximum"}}, "effect"),
        ({"shops": ["nowhere"]}, "shops"),
        ({"shops": ["operator"]}, "shops"),
        ({"first_day": "2031-02-01", "last_day": "2031-01-31"}, "last_day"),
        ({"last_day": "2020-01-01"}, "last_day"),
    ],
)
def test_what_can_t_be_a_limit_is_refused_by_field(town: ApiTown, fields: dict[str, object], field: str) -> None:
    answer = add(town, **fields)
    assert answer["status"] == 422
    assert answer["fields"][0]["field"] == field
    assert town.client().get("/v1/spend-limits").json()["data"] == []


def test_only_owners_change_limits_and_each_change_is_logged(town: ApiTown) -> None:
    add(town)
    assert town.client(Role.SUPPORT).post("/v1/spend-limits/half/end").status_code == 403
    assert town.client().post("/v1/spend-limits/none/end").status_code == 404
    town.client().post("/v1/spend-limits/half/end")
    entries = town.client().get("/v1/audit-log").json()["data"]
    actions = [(entry["action"], entry["target"]) for entry in entries]
    assert actions[:2] == [("spend_limit.end", "half"), ("spend_limit.add", "half@1")]
