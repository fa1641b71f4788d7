"""Who may sell, and for how much: tills and a shop's people, not the alliance's people; above a limit two people."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import STAFF, Role
from coalition.approvals.approval import KEY_SALES, SALES_IN_24_HOURS_MINOR
from coalition.approvals.key_sums import KeySums, Seller
from coalition.approvals.store import set_limit
from coalition.purchases.check_sale import SALE_ALONE_MINOR_MAX
from tests.support.clock import DAY
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


@pytest.fixture
def small_sums(town: ApiTown) -> ApiTown:
    """A town whose tills sell by key for 100.00 a day, shop by shop, and for 150.00 in thirty days."""
    with town.database.engine.begin() as connection:
        for limit, most in zip(KEY_SALES.limits, (10_000, 15_000), strict=True):
            set_limit(connection, town.alliance.id, limit.name, most)
    return town


def test_the_tills_of_a_shop_sell_by_key_up_to_a_sum(small_sums: ApiTown) -> None:
    town = small_sums
    first, second, cafe = town.till(), town.till(), town.till("cafe")
    assert purchase(first, "k1", amount_minor=6_000)["status"] == 201
    # Neither a retry nor what the book refuses counts, and another key of the shop begins no other sum.
    assert purchase(first, "k1", amount_minor=6_000)["replayed"] == "true"
    assert purchase(first, "x", amount_minor=4_000, member="mem_nobody")["status"] == 404
    assert purchase(second, "k2", amount_minor=4_001)["code"] == "person_needed"
    assert purchase(second, "k3", amount_minor=3_000)["status"] == 201
    items = [
        {"shop": "bakery", "member": "ann", "amount_minor": amount, "idempotency_key": f"b{amount}"}
        for amount in (900, 101, 100)
    ]
    for _ in range(2):
        batch = send(second, "/v1/batches", None, purchases=items)["data"]
        assert [item["code"] for item in batch] == [None, "person_needed", None]
    assert purchase(first, "k4", amount_minor=1)["code"] == "person_needed"
    # What is booked is answered again, also when the sum is full, and another shop has a sum of its own.
    assert purchase(first, "k1", amount_minor=6_000)["replayed"] == "true"
    assert purchase(cafe, "k1", shop="cafe", amount_minor=10_000)["status"] == 201


def test_processes_and_days_share_the_sum_of_a_shop(small_sums: ApiTown) -> None:
    town = small_sums

    seller, limits = Seller(town.alliance.id, "shop:bakery"), town.app.state.approvals.limits(town.alliance.id)

    def sell(sums: KeySums, minor: int) -> bool:
        sums.sync(seller)
        # No sale after this one asks the database, for some seconds.
        assert sums.is_known(seller)
        return sums.take(seller, minor, limits)

    first, second = (KeySums(town.database, town.clock) for _ in range(2))
    assert sell(first, 9_000)
    first.flush()
    assert not sell(second, 1_001)
    assert sell(second, 1_000)
    second.flush()
    town.clock.forward(DAY + 1)
    later = KeySums(town.database, town.clock)
    assert sell(later, 5_000)
    assert not sell(later, 1)


def test_racing_sales_by_key_come_to_no_more_than_the_sum(small_sums: ApiTown) -> None:
    till = small_sums.till()
    with ThreadPoolExecutor(8) as callers:
        answers = callers.map(lambda number: purchase(till, f"r{number}", amount_minor=3_000)["status"], range(8))
        assert sorted(answers) == [201] * 3 + [403] * 5


def the_one_request(town: ApiTown) -> ApiAnswer:
    """The only request that waits for approval."""
    (waiting,) = town.client().get("/v1/approvals", params={"status": "pending"}).json()["data"]
    return waiting


def points_of_ann(town: ApiTown) -> int:
    """What Ann could spend."""
    till: TestClient = town.till()
    body = {"shop": "bakery", "member": "ann", "amount_minor": 10**9, "points": "all"}
    return int(till.post("/v1/purchases/quote", json=body).json()["points_spent"])
