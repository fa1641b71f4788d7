"""A purchase over HTTP: earn at one shop, spend at another, once."""

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from tests.support.town_api import ApiTown


def buy(client: TestClient, key: str = "k1", **given: object) -> dict[str, object]:
    body = {"shop": "bakery", "member": "ann", "amount_minor": 10_000, **given}
    answer = client.post("/v1/purchases", json=body, headers={"Idempotency-Key": key})
    return {**answer.json(), "status_code": answer.status_code, "replayed": answer.headers.get("Idempotent-Replayed")}


def test_points_earned_at_one_shop_pay_at_another(town: ApiTown) -> None:
    earned = buy(town.till("bakery"))
    assert (earned["status_code"], earned["points_earned"], earned["cash_due_minor"]) == (201, 500, 10_000)
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
    second = buy(town.till(), external_ref="r1", **again)
    assert second.pop("replayed") == "true"
    assert first.pop("replayed") is None
    assert {**second, "occurred_at": ""} == {**first, "occurred_at": ""}


def test_a_key_with_another_body_names_the_field_that_differs(town: ApiTown) -> None:
    buy(town.till())
    again = buy(town.till(), amount_minor=1)
    assert (again["status_code"], again["code"]) == (422, "key_reused")
    assert again["fields"][0]["field"] == "amount_minor"


def test_two_shops_may_use_the_same_key(town: ApiTown) -> None:
    buy(town.till("bakery"))
    assert buy(town.till("cafe"), shop="cafe")["status_code"] == 201


def test_a_key_is_needed(town: ApiTown) -> None:
    answer = town.till().post("/v1/purchases", json={"shop": "bakery", "member": "ann", "amount_minor": 1})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


def test_another_shop_looks_as_if_it_were_not_there(town: ApiTown) -> None:
    theirs, nobodys = (buy(town.till("bakery"), shop=shop) for shop in ("cafe", "no such shop"))
    assert theirs["status_code"] == nobodys["status_code"] == 404
    assert theirs["code"] == nobodys["code"] == "not_found"


def test_a_wallet_app_sells_nothing(town: ApiTown) -> None:
    assert buy(town.client(Role.APP))["status_code"] == 403
