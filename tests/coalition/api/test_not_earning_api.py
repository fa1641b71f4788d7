"""A shop that may not issue points still sells, and is still paid in points: nothing is earned, and it says why."""

import pytest

from coalition.access.caller import Role
from coalition.locale.formats import moment, rfc3339
from tests.support.clock import DAY, HOUR
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send


@pytest.fixture
def rich(town: ApiTown) -> ApiTown:
    """A town in which Ann has 500 points of the cafe."""
    purchase(town.till("cafe"), "opening", shop="cafe", amount_minor=10_000)
    return town


def put(town: ApiTown, status: str) -> None:
    """Put the bakery into a state."""
    client = town.client()
    etag = client.get("/v1/shops/bakery").headers["ETag"]
    changed = client.patch("/v1/shops/bakery", json={"status": status}, headers={"If-Match": etag})
    assert changed.status_code == 200, changed.json()


def limit(town: ApiTown, credit_minor: int) -> None:
    client = town.client()
    etag = client.get("/v1/shops/bakery/risk").headers["ETag"]
    limited = client.put("/v1/shops/bakery/limit", json={"credit_minor": credit_minor}, headers={"If-Match": etag})
    assert limited.status_code == 200, limited.json()


def reason(answer: ApiAnswer) -> str | None:
    return None if answer["not_earned"] is None else answer["not_earned"]["code"]


def test_a_shop_that_is_leaving_is_paid_in_points_and_issues_none(rich: ApiTown) -> None:
    put(rich, "leaving")
    body = {"shop": "bakery", "member": "ann", "amount_minor": 300, "points": 100}
    quote = send(rich.till(), "/v1/purchases/quote", None, **body)
    sold = purchase(rich.till(), "k1", amount_minor=300, points=100)
    assert (sold["status"], sold["points_spent"], sold["cash_due_minor"], sold["points_earned"]) == (201, 100, 200, 0)
    assert sold["not_earned"] == quote["not_earned"]
    assert sold["not_earned"] == {
        "code": "shop_not_earning",
        "detail": "Shop 'bakery' does not issue points now.",
    }
    again = purchase(rich.till(), "k1", amount_minor=300, points=100)
    assert again.pop("replayed") == "true"
    assert {**again, "replayed": None} == sold
    assert rich.till().get(f"/v1/purchases/{sold['id']}").json()["not_earned"] == sold["not_earned"]
    events = rich.client().get("/v1/events", params={"type": "purchase.created"}).json()["data"]
    assert [event["data"]["not_earned"] for event in events] == [None, {"code": "shop_not_earning"}]
    back = send(rich.till(), "/v1/refunds", "r1", purchase=sold["id"])
    assert (back["points_returned"], back["points_taken_back"]) == (100, 0)


@pytest.mark.parametrize("path", [["leaving"], ["suspended"], ["leaving", "left"]])
def test_a_sale_in_money_is_booked_in_every_state(rich: ApiTown, path: list[str]) -> None:
    for status in path:
        put(rich, status)
    sold = purchase(rich.till(), "k1", amount_minor=300)
    assert (sold["status"], sold["points_earned"], reason(sold)) == (201, 0, "shop_not_earning")
    refused = purchase(rich.till(), "k2", amount_minor=300, points=100)
    assert refused.get("code") == (None if path == ["leaving"] else "shop_not_redeeming")


def test_over_its_limit_or_without_a_deposit_it_issues_nothing(rich: ApiTown) -> None:
    limit(rich, 60)
    first, second = (purchase(rich.till(), key, amount_minor=1_000, points=10) for key in ("k1", "k2"))
    assert (first["points_earned"], reason(first)) == (49, None)
    assert (second["points_spent"], second["points_earned"], reason(second)) == (10, 0, "limit_reached")
    # What is small enough is earned still.
    assert purchase(rich.till(), "k3", amount_minor=200)["points_earned"] == 10
    limit(rich, 0)
    without = purchase(rich.till(), "k4", amount_minor=1_000)
    assert (without["status"], without["points_earned"], reason(without)) == (201, 0, "limit_reached")


def test_a_debt_of_the_member_is_not_paid_by_points_that_are_not_issued(rich: ApiTown) -> None:
    sold = purchase(rich.till("cafe"), "k1", shop="cafe", amount_minor=1_000)
    purchase(rich.till("diner"), "k2", shop="diner", amount_minor=550, points="all")
    assert send(rich.till("cafe"), "/v1/refunds", "r1", purchase=sold["id"])["debt_points"] == 50
    put(rich, "leaving")
    assert purchase(rich.till(), "k3", amount_minor=1_000)["points_earned"] == 0
    assert purchase(rich.till("diner"), "k4", shop="diner", amount_minor=1_200)["points_earned"] == 60


def test_where_nothing_stands_in_the_way_there_is_no_reason(rich: ApiTown) -> None:
    put(rich, "leaving")
    assert reason(purchase(rich.till(), "k1", amount_minor=0)) is None
    assert reason(purchase(rich.till("cafe"), "k2", shop="cafe", amount_minor=10)) is None


def test_sales_from_before_it_left_count_as_of_their_time(rich: ApiTown) -> None:
    before = rfc3339(moment(rich.clock()))
    rich.clock.now += HOUR
    put(rich, "leaving")
    rich.clock.now += HOUR
    between = rfc3339(moment(rich.clock()))
    rich.clock.now += HOUR
    put(rich, "left")
    rich.clock.now += DAY
    items = [
        {"idempotency_key": key, "shop": "bakery", "member": "ann", "amount_minor": 1_000, "points": points, **time}
        for key, points, time in (
            ("before", 100, {"occurred_at": before}),
            ("between", 100, {"occurred_at": between}),
            ("after", 100, {}),
            ("cash", 0, {}),
        )
    ]
    answers = send(rich.till(), "/v1/batches", None, purchases=items)["data"]
    assert [
        (answer["status"], answer["points_spent"], answer["points_earned"], answer["code"]) for answer in answers
    ] == [
        (201, 100, 45, None),
        (201, 100, 0, None),
        (409, 0, 0, "shop_not_redeeming"),
        (201, 0, 0, None),
    ]
    assert [reason(answer) for answer in answers] == [None, "shop_not_earning", None, "shop_not_earning"]


def test_a_suspended_shops_word_on_the_time_of_a_sale_is_not_taken(rich: ApiTown) -> None:
    before = rfc3339(moment(rich.clock()))
    rich.clock.now += HOUR
    put(rich, "suspended")
    sold = purchase(rich.till(), "k1", amount_minor=1_000, occurred_at=before)
    assert (sold["points_earned"], reason(sold)) == (0, "shop_not_earning")
    put(rich, "active")
    assert purchase(rich.till(), "k2", amount_minor=1_000, occurred_at=before)["points_earned"] == 50


def test_what_is_given_by_hand_is_refused_as_before(rich: ApiTown) -> None:
    limit(rich, 0)
    helper = rich.client(Role.OPERATOR)
    adjusted = send(helper, "/v1/adjustments", "a1", shop="bakery", member="ann", points=10, reason="sorry")
    assert adjusted["code"] == "limit_reached"
