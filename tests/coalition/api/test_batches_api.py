"""Batches over HTTP: each write has its own answer, as if it had come alone."""

from tests.support.town_api import ApiTown, Told, purchase


def item(key: str, **given: object) -> dict[str, object]:
    return {"idempotency_key": key, "shop": "bakery", "member": "ann", "amount_minor": 1_000, **given}


def batch(town: ApiTown, *items: dict[str, object]) -> Told:
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


def test_one_that_cannot_be_read_stops_all_before_anything_is_booked(town: ApiTown) -> None:
    answer = town.till().post("/v1/batches", json={"purchases": [item("a"), item("b", amount_minor=-1)]})
    assert answer.status_code == 422
    assert answer.json()["fields"][0]["field"] == "purchases.1.amount_minor"
    assert purchase(town.till(), "a", amount_minor=1_000)["replayed"] is None
