"""Purchases are found again: by receipt, key, member, shop and time, by those who may see them."""

import pytest

from coalition.access.caller import Role
from coalition.locale.formats import moment, rfc3339
from tests.support.clock import HOUR
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send


@pytest.fixture
def sold(town: ApiTown) -> list[ApiAnswer]:
    """Four sales, an hour apart."""
    sales = []
    for number, (shop, member) in enumerate((("bakery", "ann"), ("bakery", "bob"), ("cafe", "ann"), ("bakery", "ann"))):
        body = {"shop": shop, "member": member, "amount_minor": 1_000 + number, "external_ref": f"r{number}"}
        sales.append(purchase(town.till(shop), f"k{number}", **body))
        town.clock.now += HOUR
    return sales


def found_by(town: ApiTown, till: str | None = "bakery", **query: str) -> list[str]:
    """The ids that a shop's till, or the alliance, finds."""
    client = town.client() if till is None else town.till(till)
    answer = client.get("/v1/purchases", params=query)
    assert answer.status_code == 200, answer.json()
    return [listed["id"] for listed in answer.json()["data"]]


def test_a_till_finds_its_shops_sales_and_the_alliance_all(town: ApiTown, sold: list[ApiAnswer]) -> None:
    first, second, third, fourth = (sale["id"] for sale in sold)
    assert found_by(town) == [fourth, second, first]
    assert found_by(town, None) == [fourth, third, second, first]
    assert found_by(town, None, shop="cafe") == [third]
    assert found_by(town, member="ann") == [fourth, first]
    assert found_by(town, None, member="ann") == [fourth, third, first]
    assert town.till("cafe").get("/v1/purchases", params={"shop": "bakery"}).status_code == 404
    assert town.client(Role.APP).get("/v1/purchases").status_code == 403


def test_by_receipt_and_by_key(town: ApiTown, sold: list[ApiAnswer]) -> None:
    first, third = sold[0]["id"], sold[2]["id"]
    assert found_by(town, external_ref="r0") == found_by(town, None, external_ref="r0") == [first]
    assert found_by(town, key="k0") == [first]
    assert found_by(town, None, key="k2", shop="cafe") == [third]
    assert found_by(town, external_ref="r2") == found_by(town, key="k2") == found_by(town, None, key="k2") == []
    assert found_by(town, external_ref="r0", member="bob") == found_by(town, external_ref="r0", key="k3") == []


def test_what_was_refused_or_voided_before_it_was_made_is_no_purchase(town: ApiTown) -> None:
    body = {"amount_minor": 100, "points": 1, "accept_partial": False}
    assert purchase(town.till(), "refused", **body)["status"] == 409
    send(town.till(), "/v1/purchases/void", None, idempotency_key="never")
    assert found_by(town, key="refused") == found_by(town, key="never") == found_by(town) == []


def test_by_time_in_pages(town: ApiTown, sold: list[ApiAnswer]) -> None:
    first, second, _, fourth = sold
    assert found_by(town, since=second["occurred_at"]) == [fourth["id"], second["id"]]
    assert found_by(town, until=second["occurred_at"]) == [first["id"]]
    assert found_by(town, since=rfc3339(moment(town.clock()))) == []
    pages, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        answer = town.client().get("/v1/purchases", params=query).json()
        pages.append([listed["id"] for listed in answer["data"]])
        if (cursor := answer["next_cursor"]) is None:
            break
    assert pages == [[fourth["id"], sold[2]["id"]], [second["id"], first["id"]]]


def test_a_listed_purchase_is_as_it_reads_by_its_id(town: ApiTown, sold: list[ApiAnswer]) -> None:
    (listed,) = town.till().get("/v1/purchases", params={"external_ref": "r3"}).json()["data"]
    assert listed == town.till().get(f"/v1/purchases/{sold[3]['id']}").json()


def test_a_refund_by_receipt(town: ApiTown, sold: list[ApiAnswer]) -> None:
    back = send(town.till(), "/v1/refunds", "b1", external_ref="r0", amount_minor=400)
    assert (back["status"], back["purchase"], back["amount_minor"]) == (201, sold[0]["id"], 400)
    again = send(town.till(), "/v1/refunds", "b1", purchase=sold[0]["id"], amount_minor=400)
    assert (again["id"], again["replayed"]) == (back["id"], "true")
    alliance = send(town.client(), "/v1/refunds", "b2", external_ref="r2", shop="cafe")
    assert (alliance["status"], alliance["amount_minor"]) == (201, 1_002)
    for client, body, status in (
        (town.client(), {"external_ref": "r2"}, 422),
        (town.till(), {"external_ref": "r2"}, 404),
        (town.till(), {"external_ref": "r2", "shop": "cafe"}, 404),
        (town.till(), {"external_ref": "r0", "purchase": sold[0]["id"]}, 422),
        (town.till(), {}, 422),
    ):
        assert send(client, "/v1/refunds", "b3", **body)["status"] == status
