"""Keys over HTTP: shown once, listed, revoked, replaced with an overlap."""

from datetime import datetime

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.adjustments.adjust_points import ALONE_POINTS_MAX
from coalition.locale.formats import instant
from tests.support.clock import DAY, SECOND
from tests.support.people import logged_in, person
from tests.support.town_api import ApiTown, send

TILL = {"label": "till 3", "role": "till", "shop": "bakery"}


def with_key(town: ApiTown, key: str) -> TestClient:
    return TestClient(town.app, headers={"Authorization": f"Bearer {key}"}, raise_server_exceptions=False)


def test_a_key_is_shown_once_and_works(town: ApiTown) -> None:
    made = town.client().post("/v1/keys", json=TILL)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    session = with_key(town, made.json()["key"]).get("/v1/session").json()
    assert (session["role"], session["shop"]) == ("till", "bakery")
    listed = town.client().get("/v1/keys?limit=100").json()["data"]
    assert made.json()["id"] in [key["id"] for key in listed]
    assert all("key" not in key for key in listed)


def test_a_revoked_key_is_out_at_once(town: ApiTown) -> None:
    made = town.client().post("/v1/keys", json=TILL).json()
    till, owner = with_key(town, made["key"]), town.client()
    assert till.get("/v1/session").status_code == 200
    assert [owner.delete(f"/v1/keys/{made['id']}").status_code for _ in range(2)] == [204, 404]
    assert till.get("/v1/session").status_code == 401


def test_a_replaced_key_counts_until_its_date(town: ApiTown) -> None:
    owner = town.client()
    old = owner.post("/v1/keys", json=TILL).json()
    new = owner.post(f"/v1/keys/{old['id']}/rotate", json={}).json()
    assert (new["role"], new["shop"], new["label"]) == ("till", "bakery", "till 3")
    assert owner.post(f"/v1/keys/{old['id']}/rotate", json={}).status_code == 404
    clients = with_key(town, old["key"]), with_key(town, new["key"])
    assert [client.get("/v1/session").status_code for client in clients] == [200, 200]
    town.clock.forward(7 * DAY)
    town.app.state.callers.forget()
    assert [client.get("/v1/session").status_code for client in clients] == [401, 200]


@pytest.mark.parametrize("until", ["2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "soon"])
def test_an_overlap_ends_within_three_months(town: ApiTown, until: str) -> None:
    old = town.client().post("/v1/keys", json=TILL).json()
    got = town.client().post(f"/v1/keys/{old['id']}/rotate", json={"old_valid_until": until})
    assert got.status_code == 422


@pytest.mark.parametrize("body", [{"role": "till"}, {"role": "app", "shop": "bakery"}, {"role": "owner"}])
def test_a_keys_scope_is_whole(town: ApiTown, body: dict[str, str]) -> None:
    assert town.client().post("/v1/keys", json={"label": "x", **body}).status_code == 422


def test_a_till_of_no_shop_gets_no_key(town: ApiTown) -> None:
    for shop in ("nowhere", "operator", "pool"):
        assert town.client().post("/v1/keys", json={**TILL, "shop": shop}).status_code == 404


def test_a_manager_makes_keys_for_the_own_tills_alone(town: ApiTown) -> None:
    theirs = town.client().post("/v1/keys", json={**TILL, "shop": "cafe"}).json()
    manager = person(town, Role.MANAGER, "bakery").log_in()
    got = [
        manager.post("/v1/keys", json=TILL),
        manager.post("/v1/keys", json={**TILL, "shop": "cafe"}),
        manager.post("/v1/keys", json={"label": "x", "role": "operator"}),
        manager.delete(f"/v1/keys/{theirs['id']}"),
        manager.post(f"/v1/keys/{theirs['id']}/rotate", json={}),
    ]
    assert [answer.status_code for answer in got] == [201, 404, 403, 404, 404]
    assert {key["shop"] for key in manager.get("/v1/keys").json()["data"]} == {"bakery"}


def test_a_key_makes_no_key_but_a_tills_and_does_not_renew_itself(town: ApiTown) -> None:
    key, owner = town.client(), logged_in(town)
    made = [key.post("/v1/keys", json={"label": "x", "role": role}) for role in ("operator", "app")]
    assert [answer.status_code for answer in made] == [403, 403]
    own = key.get("/v1/session").json()["id"].removeprefix("key:")
    assert key.post(f"/v1/keys/{own}/rotate", json={}).status_code == 403
    assert owner.post(f"/v1/keys/{own}/rotate", json={}).status_code == 201
    assert owner.post("/v1/keys", json={"label": "x", "role": "operator"}).status_code == 201


def test_what_people_change_is_in_the_log(town: ApiTown) -> None:
    owner = town.client()
    made = owner.post("/v1/keys", json=TILL).json()
    revoked = owner.delete(f"/v1/keys/{made['id']}")
    rows = owner.get("/v1/audit-log", params={"target": made["id"]}).json()["data"]
    assert [row["action"] for row in rows] == ["key.revoke", "key.create"]
    assert rows[0]["request_id"] == revoked.headers["x-request-id"]
    assert rows[1]["details"] == {"label": "till 3", "role": "till", "shop": "bakery"}
    assert made["key"] not in str(rows)
    first = owner.get("/v1/audit-log", params={"limit": 1}).json()
    second = owner.get("/v1/audit-log", params={"limit": 1, "cursor": first["next_cursor"]}).json()
    assert [first["data"][0]["seq"], second["data"][0]["seq"]] == [2, 1]
    assert owner.get("/v1/audit-log", params={"actor": "key:nobody"}).json()["data"] == []
    assert owner.get("/v1/audit-log", params={"since": "2030-01-01T00:00:00Z"}).json()["data"] == []


OPERATOR = {"label": "import", "role": "operator"}


def status_with(town: ApiTown, key: str) -> int:
    """Whether a key is taken, by a process that remembers nothing."""
    town.app.state.callers.forget()
    return with_key(town, key).get("/v1/session").status_code


def test_an_operators_key_is_good_for_a_year(town: ApiTown) -> None:
    owner = person(town, Role.OWNER).log_in()
    key = owner.post("/v1/keys", json=OPERATOR).json()
    ends, begins = (instant(datetime.fromisoformat(key[name])) for name in ("expires_at", "created_at"))
    assert ends - begins == 365 * DAY
    too_long = owner.post("/v1/keys", json={**OPERATOR, "expires_at": "2026-01-01T00:00:00Z"})
    assert (too_long.status_code, too_long.json()["fields"][0]["field"]) == (422, "expires_at")
    town.clock.forward(365 * DAY - 1)
    assert status_with(town, key["key"]) == 200
    town.clock.forward(1)
    assert status_with(town, key["key"]) == 401


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "support"}])
def test_an_operators_key_ends_with_its_keeper(town: ApiTown, change: dict[str, object]) -> None:
    keeper = person(town, Role.OWNER)
    client, other = keeper.log_in(), logged_in(town)
    person(town, Role.OWNER, email="stays@example.org")
    operator, till = (client.post("/v1/keys", json=body).json() for body in (OPERATOR, TILL))
    assert (operator["keeper"], till["keeper"]) == (f"user:{keeper.id}", None)
    assert other.patch(f"/v1/users/{keeper.id}", json=change).status_code == 200
    # A shop goes on selling whoever has left the alliance.
    assert [status_with(town, key["key"]) for key in (operator, till)] == [401, 200]
    rows = other.get("/v1/audit-log", params={"target": operator["id"]}).json()["data"]
    assert [row["action"] for row in rows] == ["key.revoke", "key.create"]


def test_an_adopted_key_outlives_whoever_made_it(town: ApiTown) -> None:
    keeper, heir = person(town, Role.OWNER), person(town, Role.OWNER, email="heir@example.org")
    key, till = (keeper.log_in().post("/v1/keys", json=body).json() for body in (OPERATOR, TILL))
    client = heir.log_in()
    assert client.post(f"/v1/keys/{key['id']}/adopt").json()["keeper"] == f"user:{heir.id}"
    assert client.post(f"/v1/keys/{till['id']}/adopt").status_code == 404
    assert town.client().post(f"/v1/keys/{key['id']}/adopt").status_code == 403
    assert client.patch(f"/v1/users/{keeper.id}", json={"disabled": True}).status_code == 200
    assert status_with(town, key["key"]) == 200


def test_a_new_key_begins_no_new_sum(town: ApiTown) -> None:
    owner = person(town, Role.OWNER).log_in()
    codes = []
    for number in range(12):
        key = with_key(town, owner.post("/v1/keys", json=OPERATOR).json()["key"])
        body = {"shop": "bakery", "member": "ann", "points": ALONE_POINTS_MAX, "reason": "sorry"}
        codes.append(send(key, "/v1/adjustments", f"k{number}", **body).get("code"))
    # Ten of 100.00 are a person's day.
    assert codes == [None] * 10 + ["person_needed"] * 2


def test_a_key_takes_a_fresh_proof(town: ApiTown) -> None:
    owner = person(town, Role.OWNER).log_in()
    key = owner.post("/v1/keys", json=OPERATOR).json()["id"]
    town.clock.forward(6 * 60 * SECOND)
    stale = [
        owner.post("/v1/keys", json=OPERATOR),
        owner.post(f"/v1/keys/{key}/rotate", json={}),
        owner.post(f"/v1/keys/{key}/adopt"),
    ]
    assert {(answer.status_code, answer.json()["code"]) for answer in stale} == {(403, "proof_needed")}
    assert owner.delete(f"/v1/keys/{key}").status_code == 204
