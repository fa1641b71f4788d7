"""Voids over HTTP: what was sent under a key ends as not made, whatever became of it, and the key is dead."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from coalition.access.caller import Role
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

RACES = 12


def void(town: ApiTown, key: str, noun: str = "purchases", shop: str = "bakery") -> ApiAnswer:
    return send(town.till(shop), f"/v1/{noun}/void", None, idempotency_key=key)


def spendable(town: ApiTown) -> int:
    return send(town.till(), "/v1/purchases/quote", None, shop="bakery", member="ann", amount_minor=0)["points_before"]


@pytest.fixture
def rich(town: ApiTown) -> ApiTown:
    """A town in which Ann has 500 points of the bakery."""
    purchase(town.till(), "opening", amount_minor=10_000)
    return town


def test_a_purchase_that_was_never_made_is_never_made(rich: ApiTown) -> None:
    first = void(rich, "k1")
    assert (first["status"], first["outcome"], first["purchase"], first["cash_back_minor"]) == (
        200,
        "never_made",
        None,
        0,
    )
    late = purchase(rich.till(), "k1", amount_minor=1_000)
    assert (late["status"], late["code"]) == (409, "key_voided")
    assert void(rich, "k1") == first
    assert spendable(rich) == 500


def test_a_purchase_that_was_made_is_undone_wholly(rich: ApiTown) -> None:
    made = purchase(rich.till(), "k1", amount_minor=2_000, points=300)
    assert (made["points_earned"], made["cash_due_minor"]) == (85, 1_700)
    first = void(rich, "k1")
    assert (first["outcome"], first["purchase"]) == ("undone", made["id"])
    assert (first["points_returned"], first["points_taken_back"], first["cash_back_minor"]) == (300, 85, 1_700)
    assert spendable(rich) == 500
    assert void(rich, "k1") == first
    again = purchase(rich.till(), "k1", amount_minor=2_000, points=300)
    other = purchase(rich.till(), "k1", amount_minor=1)
    assert again["code"] == other["code"] == "key_voided"
    left = send(rich.till(), "/v1/refunds", "r1", purchase=made["id"])
    assert (left["status"], left["code"]) == (409, "refund_exceeds_original")
    assert spendable(rich) == 500


def test_what_refunds_left_is_undone_and_nothing_twice(rich: ApiTown) -> None:
    made = purchase(rich.till(), "k1", amount_minor=2_000, points=300)
    send(rich.till(), "/v1/refunds", "r1", purchase=made["id"], amount_minor=500)
    first = void(rich, "k1")
    assert (first["points_returned"], first["points_taken_back"]) == (225, 63)
    assert spendable(rich) == 500
    whole = purchase(rich.till(), "k2", amount_minor=1_000)
    send(rich.till(), "/v1/refunds", "r2", purchase=whole["id"])
    nothing = void(rich, "k2")
    assert (nothing["outcome"], nothing["purchase"], nothing["points_taken_back"]) == ("undone", whole["id"], 0)
    assert void(rich, "k2") == nothing
    assert purchase(rich.till(), "k2", amount_minor=1_000)["code"] == "key_voided"


def test_voids_and_a_refund_at_once_leave_one_answer_to_the_voids(rich: ApiTown) -> None:
    for number in range(RACES):
        key = f"k{number}"
        made = purchase(rich.till(), key, amount_minor=2_000, points=100)
        with ThreadPoolExecutor(4) as threads:
            refund = threads.submit(send, rich.till(), "/v1/refunds", f"r{key}", purchase=made["id"], amount_minor=700)
            first, *others = threads.map(lambda key: void(rich, key), [key] * 3)
        assert first["status"] == 200, first
        assert others == [first, first]
        back = refund.result()
        returned = first["cash_back_minor"] + back.get("cash_back_minor", 0)
        assert returned == made["cash_due_minor"]
        assert spendable(rich) == 500


def test_a_purchase_that_was_refused_was_never_made(rich: ApiTown) -> None:
    body = {"amount_minor": 1_000, "points": 900, "accept_partial": False}
    assert purchase(rich.till(), "k1", **body)["code"] == "points_short"
    assert void(rich, "k1")["outcome"] == "never_made"
    assert purchase(rich.till(), "k1", **body)["code"] == "key_voided"


def test_the_sale_of_a_voided_purchase_is_not_found_by_its_number_either(rich: ApiTown) -> None:
    purchase(rich.till(), "k1", amount_minor=1_000, external_ref="receipt-7")
    void(rich, "k1")
    assert purchase(rich.till(), "k2", amount_minor=1_000, external_ref="receipt-7")["code"] == "key_voided"
    assert purchase(rich.till(), "k3", amount_minor=1_000, external_ref="receipt-8")["status"] == 201


def test_a_dead_key_is_refused_in_a_batch_and_for_a_frozen_member(rich: ApiTown) -> None:
    purchase(rich.till(), "made", amount_minor=1_000)
    for key in ("made", "never", "frozen"):
        void(rich, key)
    items = [
        {"idempotency_key": key, "shop": "bakery", "member": "ann", "amount_minor": 1_000}
        for key in ("made", "never", "new")
    ]
    answers = send(rich.till(), "/v1/batches", None, purchases=items)["data"]
    assert [(answer["status"], answer["code"]) for answer in answers] == [
        (409, "key_voided"),
        (409, "key_voided"),
        (201, None),
    ]
    rich.client().post("/v1/members/ann/freeze", json={"reason": "lost"}, headers={"If-Match": '"1"'})
    assert purchase(rich.till(), "frozen", amount_minor=1_000)["code"] == "key_voided"
    assert purchase(rich.till(), "alive", amount_minor=1_000)["code"] == "member_frozen"


def test_a_void_is_of_the_callers_own_keys(rich: ApiTown) -> None:
    purchase(rich.till(), "k1", amount_minor=1_000)
    assert void(rich, "k1", shop="cafe")["outcome"] == "never_made"
    assert spendable(rich) == 550
    assert send(rich.client(Role.APP), "/v1/purchases/void", None, idempotency_key="k1")["status"] == 403


def test_a_key_of_another_kind_of_request_is_not_voided(rich: ApiTown) -> None:
    send(rich.till(), "/v1/holds", "h1", shop="bakery", member="ann", points=100)
    purchase(rich.till(), "k1", amount_minor=1_000)
    for key, noun in (("h1", "purchases"), ("k1", "holds")):
        answer = void(rich, key, noun)
        assert (answer["status"], answer["code"], answer["fields"][0]["field"]) == (
            422,
            "key_reused",
            "idempotency_key",
        )
    assert void(rich, "x", "holds")["outcome"] == "never_made"
    assert void(rich, "x")["code"] == "key_reused"


def hold(town: ApiTown, key: str = "h1") -> ApiAnswer:
    return send(town.till(), "/v1/holds", key, shop="bakery", member="ann", points=300)


def test_an_open_hold_is_released(rich: ApiTown) -> None:
    held = hold(rich)
    first = void(rich, "h1", "holds")
    assert (first["outcome"], first["hold"], first["points_released"]) == ("undone", held["id"], 300)
    assert spendable(rich) == 500
    late = send(rich.till(), f"/v1/holds/{held['id']}/capture", "c1", points=100)
    assert late["code"] == "hold_resolved"
    assert (hold(rich)["code"], void(rich, "h1", "holds")) == ("key_voided", first)


def test_of_a_captured_hold_all_that_was_captured_goes_back(rich: ApiTown) -> None:
    held = hold(rich)
    send(rich.till(), f"/v1/holds/{held['id']}/capture", "c1", points=200)
    send(rich.till(), f"/v1/holds/{held['id']}/refund", "r1", points=50)
    first = void(rich, "h1", "holds")
    assert (first["outcome"], first["points_released"], first["points_returned"]) == ("undone", 0, 150)
    assert spendable(rich) == 500
    assert void(rich, "h1", "holds") == first
    assert rich.till().get(f"/v1/holds/{held['id']}").json()["points_returned"] == 200


def test_a_hold_that_was_never_placed_or_ended_by_itself(rich: ApiTown) -> None:
    assert void(rich, "h0", "holds")["outcome"] == "never_made"
    assert hold(rich, "h0")["code"] == "key_voided"
    held = hold(rich)
    send(rich.till(), f"/v1/holds/{held['id']}/release", "c1")
    first = void(rich, "h1", "holds")
    assert (first["outcome"], first["points_released"], first["points_returned"]) == ("undone", 0, 0)
    assert void(rich, "h1", "holds") == first
    assert spendable(rich) == 500
