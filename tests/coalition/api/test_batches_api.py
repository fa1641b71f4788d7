"""Batches over HTTP: each write has its own answer, as if it had come alone."""

from typing import Any

import pytest

from tests.support.town_api import ApiAnswer, ApiTown, purchase


def item(key: str, **fields: object) -> dict[str, object]:
    return {"idempotency_key": key, "shop": "bakery", "member": "ann", "amount_minor": 1_000, **fields}


def batch(town: ApiTown, *items: dict[str, object]) -> ApiAnswer:
    return town.till().post("/v1/batches", json={"purchases": items}).json()


def test_each_write_has_its_own_answer(town: ApiTown) -> None:
    answer = batch(
        town,
        item("a"),
        item("b", points="all", amount_minor=20),
        item("c", shop="cafe"),
        item("a", amount_minor=7),
        item("d", occurred_at="2999-01-01T00:00:00Z"),
    )
    assert [result["status"] for result in answer["data"]] == [201, 201, 404, 422, 422]
    assert [result["code"] for result in answer["data"]] == [None, None, "not_found", "key_reused", "occurs_in_future"]
    assert [result["points_earned"] for result in answer["data"][:2]] == [50, 0]
    assert answer["booked"] == 2


def test_sent_again_nothing_happens_twice(town: ApiTown) -> None:
    first, again = (batch(town, item("a"), item("b")) for _ in range(2))
    assert [result["replayed"] for result in again["data"]] == [True, True]
    assert [{**result, "replayed": False} for result in again["data"]] == first["data"]


def test_a_write_of_a_batch_and_the_same_alone_are_one(town: ApiTown) -> None:
    answer = batch(town, item("a"))
    alone = purchase(town.till(), "a", amount_minor=1_000)
    assert alone["replayed"] == "true"
    assert alone["id"] == answer["data"][0]["id"]


@pytest.mark.parametrize(
    ("bad", "key", "field"),
    [
        (item("b", amount_minor=-1), "b", "amount_minor"),
        (item("b", amount_minor="7"), "b", "amount_minor"),
        (item("b", lines=[{"ref": "1"}]), "b", "lines.0.amount_minor"),
        (item("b", note=1), "b", "note"),
        (item("x" * 101), None, "idempotency_key"),
        ({"shop": "bakery", "member": "ann", "amount_minor": 1}, None, "idempotency_key"),
        ("nonsense", None, "body"),
        (None, None, "body"),
    ],
)
def test_one_that_cannot_be_used_is_told_in_its_place_and_the_others_are_booked(
    town: ApiTown, bad: Any, key: str | None, field: str
) -> None:
    answer = batch(town, item("a"), bad, item("c"))
    assert [result["status"] for result in answer["data"]] == [201, 422, 201]
    assert [result["idempotency_key"] for result in answer["data"]] == ["a", key, "c"]
    assert (answer["booked"], answer["data"][1]["code"]) == (2, "invalid")
    assert answer["data"][1]["fields"][0]["field"] == field
    assert answer["data"][1]["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize("purchases", [[], None, {}, [item("a")] * 1_001])
def test_what_is_no_batch_books_nothing(town: ApiTown, purchases: object) -> None:
    answer = town.till().post("/v1/batches", json={"purchases": purchases})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "purchases")
    assert purchase(town.till(), "a", amount_minor=1_000)["replayed"] is None


def test_a_key_used_twice_in_a_batch_is_shown_as_it_was_sent(town: ApiTown) -> None:
    second = batch(town, item("a"), item("a", amount_minor=7))["data"][1]
    assert second["detail"].startswith("Idempotency-Key 'a' was used before")
    assert second["fields"][0]["field"] == "amount_minor"
