"""Refunds in a batch: each is booked, or refused, as if it had come alone, after the purchases of the batch."""

import pytest

from coalition.access.caller import Role
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send


def batch(town: ApiTown, role: Role = Role.TILL, **body: object) -> ApiAnswer:
    shop = "bakery" if role is Role.TILL else None
    return send(town.client(role, shop), "/v1/batches", None, **body)


def spendable(town: ApiTown) -> int:
    return send(town.till(), "/v1/purchases/quote", None, shop="bakery", member="ann", amount_minor=0)["points_before"]


def test_a_sale_and_its_refund_come_in_one_batch(town: ApiTown) -> None:
    sale = {"idempotency_key": "k1", "shop": "bakery", "member": "ann", "amount_minor": 1_000, "external_ref": "r1"}
    back = {"idempotency_key": "b1", "external_ref": "r1", "amount_minor": 400}
    first, again = (batch(town, purchases=[sale], refunds=[back]) for _ in range(2))
    assert (first["booked"], first["data"][0]["points_earned"]) == (2, 50)
    (answer,) = first["refunds"]
    assert (answer["status"], answer["replayed"], answer["refund"]["points_taken_back"]) == (201, False, 20)
    assert answer["refund"]["purchase"] == first["data"][0]["id"]
    assert again["refunds"] == [{**answer, "replayed": True}]
    assert spendable(town) == 30
    read = town.till().get(f"/v1/refunds/{answer['refund']['id']}").json()
    assert read == answer["refund"]


def test_each_refund_has_an_answer_of_its_own(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    theirs = purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000)
    answers = batch(
        town,
        refunds=[
            {"idempotency_key": "b1", "purchase": sold["id"], "amount_minor": 600},
            {"idempotency_key": "b2", "purchase": sold["id"], "amount_minor": 600},
            {"idempotency_key": "b3", "purchase": theirs["id"]},
            {"idempotency_key": "b4", "purchase": sold["id"], "external_ref": "r1"},
            {"idempotency_key": "b1", "purchase": sold["id"], "amount_minor": 5},
            {"idempotency_key": "b5", "purchase": sold["id"]},
        ],
    )
    assert answers["data"] == []
    assert [(answer["status"], answer["code"]) for answer in answers["refunds"]] == [
        (201, None),
        (409, "refund_exceeds_original"),
        (404, "not_found"),
        (422, "invalid"),
        (422, "key_reused"),
        (201, None),
    ]
    assert answers["refunds"][5]["refund"]["amount_minor"] == 400
    assert answers["refunds"][4]["detail"].startswith("Idempotency-Key 'b1'")


@pytest.mark.parametrize("body", [{}, {"purchases": []}, {"refunds": []}, {"refunds": None}])
def test_an_empty_batch_is_refused(town: ApiTown, body: dict[str, object]) -> None:
    assert batch(town, **body)["status"] == 422


def test_who_may_not_refund_may_not_in_a_batch(town: ApiTown) -> None:
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    answer = batch(town, Role.FINANCE, refunds=[{"idempotency_key": "b1", "purchase": sold["id"]}])
    assert (answer["status"], answer["code"]) == (403, "forbidden")
    assert spendable(town) == 50
