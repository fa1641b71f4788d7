"""Users: who may invite, see and change whom."""

import pytest

from coalition.access.caller import Role
from tests.support.people import first_owner, logged_in, person
from tests.support.town_api import ApiTown


def test_an_address_is_one_users(town: ApiTown) -> None:
    owner = logged_in(town)
    body = {"email": "Ann@Example.org", "name": "Ann", "role": "support"}
    ann = owner.post("/v1/users", json=body)
    again = owner.post("/v1/users", json={**body, "email": "ann@example.ORG "[:-1]})
    assert (ann.status_code, again.status_code, again.json()["code"]) == (201, 409, "user_exists")
    assert ann.json()["id"] in again.json()["detail"]
    assert owner.get(f"/v1/users/{ann.json()['id']}").json()["status"] == "invited"


@pytest.mark.parametrize(
    "body",
    [
        {"role": "cashier"},
        {"role": "finance", "shop": "cafe"},
        {"role": "operator"},
        {"role": "finance", "email": "no address"},
        {"role": "finance", "name": "line\nbreak"},
        {"role": "finance", "surprise": 1},
    ],
)
def test_what_cannot_be_a_user_is_refused(town: ApiTown, body: dict[str, object]) -> None:
    got = logged_in(town).post("/v1/users", json={"email": "ann@example.org", "name": "Ann", **body})
    assert (got.status_code, got.json()["code"]) == (422, "invalid")


def test_a_manager_manages_the_people_of_the_own_shop_alone(town: ApiTown) -> None:
    theirs = person(town, Role.CASHIER, "cafe")
    manager = person(town, Role.MANAGER, "bakery").log_in()

    def invite(role: str, shop: str | None) -> int:
        body = {"email": f"{role}@bakery.example", "name": "B", "role": role, "shop": shop}
        return manager.post("/v1/users", json=body).status_code

    assert [invite("cashier", "bakery"), invite("manager", "bakery")] == [201, 201]
    assert [invite("cashier", "cafe"), invite("owner", None)] == [404, 403]
    assert {user["shop"] for user in manager.get("/v1/users").json()["data"]} == {"bakery"}
    for answer in (
        manager.get(f"/v1/users/{theirs.id}"),
        manager.patch(f"/v1/users/{theirs.id}", json={"name": "x"}),
        manager.post(f"/v1/users/{theirs.id}/invitations"),
        manager.get("/v1/users?shop=cafe"),
    ):
        assert answer.status_code == 404


def test_a_disabled_user_is_out_at_once_and_comes_back_when_enabled(town: ApiTown) -> None:
    cashier = person(town, Role.CASHIER, "bakery")
    client, owner = cashier.log_in(), logged_in(town)
    assert owner.patch(f"/v1/users/{cashier.id}", json={"disabled": True}).json()["status"] == "disabled"
    assert client.get("/v1/session").status_code == 401
    assert cashier.try_to_log_in(client).status_code == 401
    assert owner.patch(f"/v1/users/{cashier.id}", json={"disabled": False}).json()["status"] == "active"
    assert client.get("/v1/session").status_code == 401
    cashier.log_in()


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "support"}])
def test_the_last_owner_stays_one(town: ApiTown, change: dict[str, object]) -> None:
    first = first_owner(town)
    client = logged_in(town)
    assert client.patch(f"/v1/users/{first.id}", json=change).json()["code"] == "last_owner"
    assert client.get(f"/v1/users/{first.id}").json()["status"] == "active"
    person(town, Role.OWNER, email="second@example.org")
    assert client.patch(f"/v1/users/{first.id}", json=change).status_code == 200


def test_nobody_changes_sides(town: ApiTown) -> None:
    cashier = person(town, Role.CASHIER, "bakery")
    assert logged_in(town).patch(f"/v1/users/{cashier.id}", json={"role": "finance"}).status_code == 422
    assert logged_in(town).patch(f"/v1/users/{cashier.id}", json={"role": "manager"}).json()["role"] == "manager"


def test_users_are_listed_page_by_page(town: ApiTown) -> None:
    owner = logged_in(town)
    for number in range(5):
        owner.post("/v1/users", json={"email": f"u{number}@x.example", "name": "U", "role": "support"})
    seen, cursor = [], None
    while True:
        answer = owner.get("/v1/users", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [user["email"] for user in answer["data"]]
        cursor = answer["next_cursor"]
        if cursor is None:
            break
    assert seen[:5] == [f"u{number}@x.example" for number in range(5)]
