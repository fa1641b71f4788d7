"""Shops over HTTP: each state and what it allows, changes that nobody loses, limits that stop."""

import pytest
from httpx2 import Response

from coalition.access.caller import Role
from settlement.payments import payment_profiles
from tests.support.people import by_two_people
from tests.support.town_api import ApiAnswer, ApiTown, purchase


def change(town: ApiTown, shop: str, role: Role = Role.OPERATOR, **fields: object) -> ApiAnswer:
    client = town.client(role)
    read = client.get(f"/v1/shops/{shop}")
    answer = client.patch(f"/v1/shops/{shop}", json=fields, headers={"If-Match": read.headers["ETag"]})
    return {"code": None, **answer.json(), "http": answer.status_code}


def sell(town: ApiTown, shop: str, key: str, **fields: object) -> str:
    answer = purchase(town.client(), key, shop=shop, amount_minor=1_000, **fields)
    return answer.get("code") or (answer["not_earned"] or {}).get("code") or "booked"


def test_a_new_shop_issues_once_it_is_active(town: ApiTown) -> None:
    made = town.client().post("/v1/shops", json={"ref": "florist", "name": "Blumen Böhm"})
    assert (made.status_code, made.json()["status"]) == (201, "applied")
    assert sell(town, "florist", "k1") == "shop_unknown"
    assert change(town, "florist", status="active")["status"] == "active"
    assert sell(town, "florist", "k2") == "booked"


@pytest.mark.parametrize(
    ("path", "earns", "spends"),
    [
        (["suspended"], "shop_not_earning", "shop_not_redeeming"),
        (["leaving"], "shop_not_earning", "booked"),
        (["leaving", "left"], "shop_not_earning", "shop_not_redeeming"),
        (["suspended", "active"], "booked", "booked"),
    ],
)
def test_each_state_allows_what_it_says(town: ApiTown, path: list[str], earns: str, spends: str) -> None:
    purchase(town.till("cafe"), "k0", shop="cafe", amount_minor=100_000)
    for status in path:
        assert change(town, "bakery", status=status)["http"] == 200
    assert sell(town, "bakery", "k1") == earns
    assert sell(town, "bakery", "k2", points="all") == spends


def test_a_step_that_is_none_is_refused(town: ApiTown) -> None:
    change(town, "bakery", status="leaving")
    change(town, "bakery", status="left")
    answer = change(town, "bakery", status="suspended")
    assert (answer["http"], answer["code"]) == (409, "status_unreachable")


def test_of_two_changes_at_once_the_second_is_told(town: ApiTown) -> None:
    client = town.client()
    read = {"If-Match": client.get("/v1/shops/bakery").headers["ETag"]}
    first, second = (client.patch("/v1/shops/bakery", json={"name": name}, headers=read) for name in ("A", "B"))
    assert (first.status_code, second.status_code) == (200, 412)
    assert client.patch("/v1/shops/bakery", json={"name": "C"}).status_code == 428
    assert client.get("/v1/shops/bakery").json()["name"] == "A"


@pytest.mark.parametrize("ref", ["bakery", "operator", "Ünï", "a b", ""])
def test_a_ref_that_is_taken_or_cannot_be_one_is_refused(town: ApiTown, ref: str) -> None:
    made = town.client().post("/v1/shops", json={"ref": ref, "name": "x"})
    assert made.status_code == (409 if ref == "bakery" else 422)


def test_everybody_lists_shops_and_only_the_alliance_those_that_applied(town: ApiTown) -> None:
    town.client().post("/v1/shops", json={"ref": "florist", "name": "Böhm"})
    lists = [
        [shop["ref"] for shop in client.get("/v1/shops", params={"limit": 100}).json()["data"]]
        for client in (town.client(), town.client(Role.APP))
    ]
    assert lists == [["bakery", "butcher", "cafe", "diner", "florist"], ["bakery", "butcher", "cafe", "diner"]]
    assert town.client(Role.APP).get("/v1/shops/florist").status_code == 404


def test_pages_of_shops_follow_one_another(town: ApiTown) -> None:
    client, seen, cursor = town.client(), [], None
    while True:
        page = client.get("/v1/shops", params={"limit": 3, **({"cursor": cursor} if cursor else {})}).json()
        seen += [shop["ref"] for shop in page["data"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == ["bakery", "butcher", "cafe", "diner"]


def limit(town: ApiTown, etag: str = "*", shop: str = "bakery", **fields: object) -> Response:
    return by_two_people(
        town, lambda owner: owner.put(f"/v1/shops/{shop}/limit", json=fields, headers={"If-Match": etag})
    )


def test_a_limit_stops_issuing(town: ApiTown) -> None:
    risk = limit(town, credit_minor=60)
    assert risk.json()["limit_minor"] == 60
    assert sell(town, "bakery", "k1") == "booked"
    assert sell(town, "bakery", "k2") == "limit_reached"
    assert town.client().get("/v1/shops/bakery/risk").json()["level"] == "alert"
    assert limit(town, shop="nobody", credit_minor=1).status_code == 404
    assert limit(town, credit_minor=None).status_code == 200
    assert sell(town, "bakery", "k3") == "booked"


def test_a_limit_is_changed_by_who_has_read_it(town: ApiTown) -> None:
    client = town.client()
    read = client.get("/v1/shops/bakery/risk").headers["etag"]
    assert client.put("/v1/shops/bakery/limit", json={"credit_minor": 60}).status_code == 428
    first = limit(town, read, credit_minor=60)
    late = limit(town, read, credit_minor=70)
    assert (first.status_code, late.status_code, late.json()["code"]) == (200, 412, "changed_meanwhile")
    assert sell(town, "bakery", "k1") == "booked"
    # What a shop has at risk moves all day, and is no part of what is changed; a retry finds it done.
    assert limit(town, first.headers["etag"], credit_minor=80).status_code == 200
    assert limit(town, first.headers["etag"], credit_minor=80).json()["credit_minor"] == 80


def test_what_a_suspended_shop_is_owed_is_held_back_until_it_goes_on(town: ApiTown) -> None:
    held = []
    for status in ("suspended", "active", "leaving", "left"):
        change(town, "bakery", status=status)
        with town.session() as session:
            profile = payment_profiles(town.alliance.book, session)["bakery"]
        held.append((profile.suspended, profile.leaving_since is not None))
    assert held == [(True, False), (False, False), (False, False), (False, True)]
