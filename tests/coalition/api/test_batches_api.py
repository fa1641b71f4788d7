"""Batches over HTTP: each write has its own answer, as if it had come alone."""

from typing import Any

import pytest

from tests.support.town_api import ApiAnswer, ApiTown, purchase


def item(key: str, **given: object) -> dict[str, object]:
    return {"idempotency_key": key, "shop": "bakery", "member": "ann", "amount_minor": 1_000, **given}


def batch(town: ApiTown, *items: dict[str, object]) -> ApiAnswer:
    return town.till().post("/v1/batches", json={"purchases": items}).json()


def test_each_write_has_its_own_answer(town: ApiTown) -> None:
    told = batch(
        town,
        item("a"),
        item("b", points="all", amount_minor=20),
        item("c", shop="cafe"),
        item("a", amount_minor=7),
        item("d", occurred_at="2999-01-01T00:00:00Z"),
    )
    assert [one["status"] for one in told["data"]] == [201, 201, 404, 422, 422]
    assert [one["code"] for one in told["data"]] == [None, None, "not_found", "key_reused", "occurs_in_future"]
    assert [one["points_earned"] for one in told["data"][:2]] == [50, 0]
    assert told["booked"] == 2


def test_sent_again_nothing_happens_twice(town: ApiTown) -> None:
    first, again = (batch(town, item("a"), item("b")) for _ in range(2))
    assert [one["replayed"] for one in again["data"]] == [True, True]
    assert [{**one, "replayed": False} for one in again["data"]] == first["data"]


def test_a_write_of_a_batch_and_the_same_alone_are_one(town: ApiTown) -> None:
    told = batch(town, item("a"))
    alone = purchase(town.till(), "a", amount_minor=1_000)
    assert alone["replayed"] == "true"
    assert alone["id"] == told["data"][0]["id"]


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
    told = batch(town, item("a"), bad, item("c"))
    assert [one["status"] for one in told["data"]] == [201, 422, 201]
    assert [one["idempotency_key"] for one in told["data"]] == ["a", key, "c"]
    assert (told["booked"], told["data"][1]["code"]) == (2, "invalid")
    assert told["data"][1]["fields"][0]["field"] == field
    assert told["data"][1]["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize("given", [[], None, {}, [item("a")] * 1_001])
def test_what_is_no_batch_books_nothing(town: ApiTown, given: object) -> None:
    answer = town.till().post("/v1/batches", json={"purchases": given})
    assert (answer.status_code, answer.json()["fields"][0]["field"]) == (422, "purchases")
    assert purchase(town.till(), "a", amount_minor=1_000)["replayed"] is None


def test_a_key_used_twice_in_a_batch_is_shown_as_it_was_sent(town: ApiTown) -> None:
    told = batch(town, item("a"), item("a", amount_minor=7))["data"][1]
    assert told["detail"].startswith("Idempotency-Key 'a' was used before")
    assert told["fields"][0]["field"] == "amount_minor"
