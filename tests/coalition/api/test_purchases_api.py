"""A purchase over HTTP: earn at one shop, spend at another, once."""

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from tests.support.clock import DAY
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send


def buy(client: TestClient, key: str = "k1", **fields: object) -> ApiAnswer:
    return purchase(client, key, **{"amount_minor": 10_000, **fields})


def test_points_earned_at_one_shop_pay_at_another(town: ApiTown) -> None:
    earned = buy(town.till("bakery"))
    assert (earned["status"], earned["points_earned"], earned["cash_due_minor"]) == (201, 500, 10_000)
    spent = buy(town.till("cafe"), shop="cafe", amount_minor=2_000, points="all")
    assert (spent["points_spent"], spent["cash_due_minor"], spent["points_earned"]) == (500, 1_500, 75)


def test_a_quote_answers_as_the_purchase_would_and_books_nothing(town: ApiTown) -> None:
    till = town.till()
    body = {"shop": "bakery", "member": "ann", "amount_minor": 10_000}
    quotes = [till.post("/v1/purchases/quote", json=body).json() for _ in range(2)]
    booked = buy(till)
    for quote in quotes:
        assert quote["points_earned"] == booked["points_earned"] == 500


@pytest.mark.parametrize("again", [{"key": "k1"}, {"key": "k2"}], ids=["same key", "same reference"])
def test_sent_again_it_gives_the_first_answer(town: ApiTown, again: dict[str, str]) -> None:
    first = buy(town.till(), external_ref="r1")
    town.clock.forward(DAY)
    second = buy(town.till(), external_ref="r1", **again)
    assert second.pop("replayed") == "true"
    assert first.pop("replayed") is None
    assert second == first


@pytest.mark.parametrize(
    ("key", "fields", "field", "printed"),
    [
        ("k1", {"amount_minor": 1}, "amount_minor", "Idempotency-Key 'k1'"),
        ("k1", {"points": "all"}, "points", "Idempotency-Key 'k1'"),
        ("k2", {"amount_minor": 1}, "amount_minor", "external_ref 'r1'"),
        ("r1", {"amount_minor": 1}, "amount_minor", "external_ref 'r1'"),
    ],
)
def test_a_key_with_another_body_names_the_field_that_differs_and_the_key_as_it_was_sent(
    town: ApiTown, key: str, fields: dict[str, object], field: str, printed: str
) -> None:
    buy(town.till(), external_ref="r1")
    again = buy(town.till(), key, **{"external_ref": "r1", **fields})
    assert (again["status"], again["code"]) == (422, "key_reused")
    assert again["fields"][0]["field"] == field
    assert again["detail"].startswith(f"{printed} was used before for a request with another `{field}`.")


def test_a_key_that_was_used_is_told_in_the_readers_language(town: ApiTown) -> None:
    buy(town.till())
    chinese = town.till()
    chinese.headers["Accept-Language"] = "zh"
    assert buy(chinese, amount_minor=1)["detail"].startswith("Idempotency-Key 'k1' 已用于 `amount_minor` 不同的请求")


def test_a_key_that_a_hold_was_placed_under_is_no_purchases(town: ApiTown) -> None:
    buy(town.till(), "k0")
    send(town.till(), "/v1/holds", "k1", shop="bakery", member="ann", points=1)
    again = buy(town.till(), "k1")
    assert (again["code"], again["fields"][0]["field"]) == ("key_reused", "amount_minor")


def test_two_shops_may_use_the_same_key(town: ApiTown) -> None:
    buy(town.till("bakery"))
    assert buy(town.till("cafe"), shop="cafe")["status"] == 201


def test_exactly_so_many_points_are_spent_or_none(town: ApiTown) -> None:
    buy(town.till())
    exact = {"shop": "cafe", "accept_partial": False}
    cafe = town.till("cafe")
    for key, fields, code in (
        ("a", {"points": 501}, "points_short"),
        ("b", {"points": 500, "amount_minor": 499}, "amount_too_large"),
        ("c", {"points": "all"}, "invalid"),
    ):
        quote = send(cafe, "/v1/purchases/quote", None, **{"member": "ann", "amount_minor": 10_000, **exact, **fields})
        booked = buy(cafe, key, **exact, **fields)
        assert quote["code"] == booked["code"] == code
    assert buy(cafe, "d", points=501, shop="cafe")["points_spent"] == 500


def test_whether_a_part_is_accepted_belongs_to_what_the_key_stands_for(town: ApiTown) -> None:
    buy(town.till())
    first = buy(town.till("cafe"), shop="cafe", points=300, accept_partial=False)
    again = buy(town.till("cafe"), shop="cafe", points=300, accept_partial=False)
    other = buy(town.till("cafe"), shop="cafe", points=300)
    assert (first["points_spent"], again["replayed"]) == (300, "true")
    assert (other["code"], other["fields"][0]["field"]) == ("key_reused", "accept_partial")


def test_a_key_is_needed(town: ApiTown) -> None:
    answer = town.till().post("/v1/purchases", json={"shop": "bakery", "member": "ann", "amount_minor": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


def test_another_shop_looks_as_if_it_were_not_there(town: ApiTown) -> None:
    theirs, nobodys = (buy(town.till("bakery"), shop=shop) for shop in ("cafe", "no such shop"))
    assert theirs["status"] == nobodys["status"] == 404
    assert theirs["code"] == nobodys["code"] == "not_found"


def test_a_wallet_app_sells_nothing(town: ApiTown) -> None:
    assert buy(town.client(Role.APP))["status"] == 403


def test_a_quote_says_whose_points_pay_and_what_each_line_earns(town: ApiTown) -> None:
    buy(town.till("bakery"), amount_minor=2_000)
    buy(town.till("cafe"), shop="cafe", amount_minor=4_000)
    lines = [
        {"ref": "1", "amount_minor": 700},
        {"ref": "2", "amount_minor": 200, "earns": False},
        {"ref": "3", "amount_minor": 100},
    ]
    body = {"shop": "diner", "member": "ann", "amount_minor": 1_000, "points": 250, "lines": lines}
    quote = send(town.till("diner"), "/v1/purchases/quote", None, **body)
    expires_on = "2025-05-31"
    assert quote["spending"] == [
        {"issuer": "bakery", "expires_on": expires_on, "points": 100, "worth_minor": "100"},
        {"issuer": "cafe", "expires_on": expires_on, "points": 150, "worth_minor": "150"},
    ]
    assert (quote["points_before"], quote["points_spent"], quote["points_after"]) == (300, 250, 87)
    # Points paid for the book first, so all 750 that are left to pay earn.
    assert (quote["cash_due_minor"], quote["earning_minor"], quote["points_earned"]) == (750, 800, 37)
    assert [line["points_earned"] for line in quote["lines"]] == [32, 0, 5]
    assert quote["expires_on"] == expires_on


def test_a_purchase_is_read_back_as_it_was_booked(town: ApiTown) -> None:
    lines = [{"ref": "a", "amount_minor": 400}, {"ref": "b", "amount_minor": 600, "earns": False}]
    booked = buy(town.till(), amount_minor=1_000, lines=lines, external_ref="r1")
    read = town.till().get(f"/v1/purchases/{booked['id']}").json()
    assert {name: read[name] for name in booked if name in read} == {
        name: value for name, value in booked.items() if name in read
    }
    first = {"ref": "a", "amount_minor": 400, "earns": True, "spends": True, "points_earned": 20, "refunded": False}
    assert read["lines"][0] == first


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"amount_minor": -1}, "amount_minor"),
        ({"amount_minor": 10**13}, "amount_minor"),
        ({"amount_minor": 1.5}, "amount_minor"),
        ({"points": -1}, "points"),
        ({"points": "some"}, "points"),
        ({"member": "a\u0000b"}, "member"),
        ({"shop": ""}, "shop"),
        ({"external_ref": "x" * 101}, "external_ref"),
        ({"occurred_at": "2024-05-15T12:00:00"}, "occurred_at"),
        ({"lines": [{"ref": "1", "amount_minor": 1}]}, "body"),
        ({"note": "hello"}, "note"),
    ],
)
def test_what_cannot_be_used_is_named(town: ApiTown, fields: dict[str, object], field: str) -> None:
    answer = buy(town.till(), **fields)
    assert answer["status"] == 422
    assert answer["fields"][0]["field"].startswith(field)


def test_why_nothing_was_earned_is_in_the_readers_language(town: ApiTown) -> None:
    town.client().put("/v1/shops/bakery/limit", json={"credit_minor": 0}, headers={"If-Match": "*"})
    for lang, words in (("en", "at risk"), ("zh-CN,zh;q=0.9", "商户")):
        till = town.till()
        till.headers["Accept-Language"] = lang
        answer = buy(till, f"k-{lang}")
        assert (answer["status"], answer["points_earned"], answer["not_earned"]["code"]) == (201, 0, "limit_reached")
        assert words in answer["not_earned"]["detail"]
