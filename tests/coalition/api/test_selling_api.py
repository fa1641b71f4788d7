"""Who may sell, and for how much: tills and a shop's people, not the alliance's people; above a limit two people."""

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import STAFF, Role
from coalition.approvals.approval import SALES_IN_24_HOURS_MINOR
from coalition.purchases.check_sale import SALE_ALONE_MINOR_MAX
from tests.support.people import person
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

HUGE = 5_000_000
"""A sale of 50,000.00."""


@pytest.mark.parametrize("role", sorted(STAFF))
def test_the_alliances_people_are_no_tills(town: ApiTown, role: Role) -> None:
    client = person(town, role).log_in()
    sold = purchase(town.till(), "k1", amount_minor=1_000)
    answers = [
        purchase(client, "s1", amount_minor=HUGE),
        send(client, "/v1/holds", "h1", shop="bakery", member="ann", points=5),
        send(client, "/v1/batches", None, purchases=[{"shop": "bakery", "amount_minor": 5, "idempotency_key": "b"}]),
        send(client, "/v1/refunds", "r1", purchase=sold["id"]),
        send(client, "/v1/purchases/void", None, idempotency_key="k1", shop="bakery"),
    ]
    assert [(answer["status"], answer["code"]) for answer in answers] == [(403, "forbidden")] * 5


def test_a_cashiers_large_sale_waits_for_the_manager(town: ApiTown) -> None:
    cashier = person(town, Role.CASHIER, "bakery").log_in()
    manager = person(town, Role.MANAGER, "bakery").log_in()
    asked = purchase(cashier, "s1", amount_minor=HUGE)
    assert (asked["status"], asked["code"]) == (409, "approval_awaited")
    assert points_of_ann(town) == 0
    assert purchase(manager, "s1", amount_minor=HUGE)["code"] == "approval_awaited"
    waiting = the_one_request(town)
    assert (waiting["action"], waiting["payload"]["amount_minor"]) == ("book_sale", HUGE)
    assert cashier.post(f"/v1/approvals/{waiting['id']}/approve").status_code == 403
    assert manager.post(f"/v1/approvals/{waiting['id']}/approve").json()["status"] == "done"
    assert points_of_ann(town) == 0
    assert purchase(manager, "s1", amount_minor=HUGE)["code"] == "approval_awaited"
    assert purchase(cashier, "s1", amount_minor=HUGE - 1)["code"] == "key_reused"
    first, again = (purchase(cashier, "s1", amount_minor=HUGE) for _ in range(2))
    assert (first["points_earned"], again["id"], points_of_ann(town)) == (HUGE // 20, first["id"], HUGE // 20)


def test_another_shops_manager_neither_sees_nor_approves_it(town: ApiTown) -> None:
    cashier = person(town, Role.CASHIER, "bakery").log_in()
    purchase(cashier, "s1", amount_minor=HUGE)
    path = f"/v1/approvals/{the_one_request(town)['id']}"
    other, own = (person(town, Role.MANAGER, shop).log_in() for shop in ("cafe", "bakery"))
    assert [client.get(path).status_code for client in (other, own)] == [404, 200]
    assert other.post(f"{path}/approve").status_code == 404
    assert [len(client.get("/v1/approvals").json()["data"]) for client in (other, own)] == [0, 1]


def test_a_cashiers_sales_are_a_sum(town: ApiTown) -> None:
    cashier = person(town, Role.CASHIER, "bakery").log_in()
    most = SALES_IN_24_HOURS_MINOR // SALE_ALONE_MINOR_MAX
    # A sale that was refused is none.
    refused = purchase(cashier, "x", amount_minor=SALE_ALONE_MINOR_MAX, member="mem_nobody")
    assert refused["status"] == 404
    answers = [purchase(cashier, f"s{number}", amount_minor=SALE_ALONE_MINOR_MAX) for number in range(most + 1)]
    assert [answer["status"] for answer in answers] == [201] * most + [409]


def test_a_key_sells_up_to_the_limit_of_one_sale(town: ApiTown) -> None:
    for client in (town.till(), town.client()):
        large = purchase(client, "large", amount_minor=SALE_ALONE_MINOR_MAX + 1)
        assert (large["status"], large["code"]) == (403, "person_needed")
    items = [
        {"shop": "bakery", "member": "ann", "amount_minor": amount, "idempotency_key": f"b{amount}"}
        for amount in (SALE_ALONE_MINOR_MAX + 1, SALE_ALONE_MINOR_MAX)
    ]
    batch = send(town.till(), "/v1/batches", None, purchases=items)["data"]
    assert [item["code"] for item in batch] == ["person_needed", None]


def the_one_request(town: ApiTown) -> ApiAnswer:
    """The only request that waits for approval."""
    (waiting,) = town.client().get("/v1/approvals", params={"status": "pending"}).json()["data"]
    return waiting


def points_of_ann(town: ApiTown) -> int:
    """What Ann could spend."""
    till: TestClient = town.till()
    body = {"shop": "bakery", "member": "ann", "amount_minor": 10**9, "points": "all"}
    return int(till.post("/v1/purchases/quote", json=body).json()["points_spent"])
