"""Adjustments, and what takes two people."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Role
from coalition.adjustments.adjust_points import ALONE_POINTS_MAX
from tests.support.clock import DAY
from tests.support.people import person
from tests.support.town_api import ApiAnswer, ApiTown, purchase, send

MANY = ALONE_POINTS_MAX + 1
GOODWILL = {"shop": "bakery", "member": "ann", "points": 500, "reason": "a lost receipt"}


@pytest.fixture
def asker(town: ApiTown) -> TestClient:
    """Somebody who helps members."""
    return person(town, Role.SUPPORT).log_in()


@pytest.fixture
def approver(town: ApiTown) -> Iterator[TestClient]:
    """Somebody who may approve."""
    return person(town, Role.FINANCE).log_in()


def adjust(client: TestClient, key: str = "k1", **changes: object) -> ApiAnswer:
    return send(client, "/v1/adjustments", key, **{**GOODWILL, **changes})


def points(town: ApiTown, member: str = "ann") -> int:
    """What a member could spend."""
    body = {"shop": "bakery", "member": member, "amount_minor": 10**9, "points": "all"}
    return int(town.till().post("/v1/purchases/quote", json=body).json()["points_spent"])


def test_a_small_adjustment_is_booked_at_once_and_once(town: ApiTown, asker: TestClient) -> None:
    first, again = adjust(asker), adjust(asker)
    assert (first["status"], first["approval"], points(town)) == ("booked", None, 500)
    assert (again["id"], again["replayed"]) == (first["id"], "true")
    other = adjust(asker, points=501)
    assert (other["status"], other["code"]) == (422, "key_reused")
    rows = town.client().get("/v1/audit-log", params={"action": "adjustment.book"}).json()["data"]
    assert [(row["target"], row["details"]["points"]) for row in rows] == [(first["id"], 500)]


def test_points_are_taken_back_of_what_gave_them(town: ApiTown, asker: TestClient) -> None:
    bought = purchase(town.till(), "p1", amount_minor=10_000)
    back = adjust(asker, points=-200, of=bought["id"])
    assert (back["status"], points(town)) == ("booked", 300)
    more = adjust(asker, "k2", points=-301, of=bought["id"])
    assert (more["status"], more["code"]) == (409, "refund_exceeds_original")


@pytest.mark.parametrize("changes", [{"shop": "cafe"}, {"member": "ben"}, {"of": "pur_0000000000000"}, {"of": "x"}])
def test_nothing_is_taken_back_of_anothers_purchase(
    town: ApiTown, asker: TestClient, changes: dict[str, object]
) -> None:
    bought = purchase(town.till(), "p1", amount_minor=10_000)
    assert adjust(asker, points=-200, **{"of": bought["id"], **changes})["status"] == 404


@pytest.mark.parametrize("changes", [{"points": 0}, {"points": -5}, {"of": "pur_1"}, {"points": 2**70}, {"reason": ""}])
def test_what_is_no_adjustment_is_refused(asker: TestClient, changes: dict[str, object]) -> None:
    assert adjust(asker, **changes)["status"] == 422


def test_a_large_one_waits_for_another_person_and_is_done_once(
    town: ApiTown, asker: TestClient, approver: TestClient
) -> None:
    asked = adjust(asker, points=MANY)
    assert (asked["status"], asked["id"], points(town)) == ("awaiting_approval", None, 0)
    assert adjust(asker, points=MANY)["approval"] == asked["approval"]
    path = f"/v1/approvals/{asked['approval']}"
    approval = approver.get(path).json()
    assert (approval["status"], approval["payload"]["points"]) == ("pending", MANY)
    done = approver.post(f"{path}/approve").json()
    assert (done["status"], points(town)) == ("done", MANY)
    assert done["result"]["adjustment"].startswith("adj_")
    again = approver.post(f"{path}/approve")
    assert (again.status_code, again.json()["code"], points(town)) == (409, "approval_not_open", MANY)


def test_who_asked_cannot_approve(town: ApiTown, approver: TestClient) -> None:
    owner = person(town, Role.OWNER).log_in()
    asked = adjust(owner, points=MANY)
    path = f"/v1/approvals/{asked['approval']}"
    own = owner.post(f"{path}/approve")
    assert (own.status_code, own.json()["code"]) == (403, "second_person_needed")
    assert owner.post(f"{path}/reject", json={"reason": "x"}).status_code == 403
    assert approver.post(f"{path}/approve").json()["status"] == "done"


def test_a_key_cannot_ask_for_what_takes_two_people(town: ApiTown) -> None:
    asked = adjust(town.client(), points=MANY)
    assert (asked["status"], asked["code"]) == (403, "person_needed")
    assert adjust(town.client(), points=5)["status"] == "booked"


def test_neither_a_key_nor_support_approves(town: ApiTown, asker: TestClient) -> None:
    owner = person(town, Role.OWNER).log_in()
    path = f"/v1/approvals/{adjust(owner, points=MANY)['approval']}"
    assert [client.post(f"{path}/approve").status_code for client in (town.client(), asker)] == [403, 403]
    assert points(town) == 0


def test_what_is_rejected_or_over_is_never_done(town: ApiTown, asker: TestClient, approver: TestClient) -> None:
    rejected, late = (f"/v1/approvals/{adjust(asker, key, points=MANY)['approval']}" for key in ("k1", "k2"))
    answer = approver.post(f"{rejected}/reject", json={"reason": "no receipt"}).json()
    assert (answer["status"], answer["reason"]) == ("rejected", "no receipt")
    town.clock.forward(7 * DAY)
    town.app.state.callers.forget()
    finance = person(town, Role.FINANCE, email="later@example.org").log_in()
    for path in (rejected, late):
        assert finance.post(f"{path}/approve").json()["code"] == "approval_not_open"
    assert [finance.get(path).json()["status"] for path in (rejected, late)] == ["rejected", "expired"]
    for status, path in (("expired", late), ("rejected", rejected)):
        listed = finance.get("/v1/approvals", params={"status": status}).json()["data"]
        assert [f"/v1/approvals/{approval['id']}" for approval in listed] == [path]
    assert points(town) == 0


def test_what_the_book_refuses_says_why(town: ApiTown, asker: TestClient, approver: TestClient) -> None:
    asked = adjust(asker, points=MANY, shop="nowhere")
    done = approver.post(f"/v1/approvals/{asked['approval']}/approve").json()
    assert (done["status"], done["result"]["code"]) == ("refused", "shop_unknown")


def test_a_server_that_stopped_between_goes_on_when_it_is_approved_again(
    town: ApiTown, asker: TestClient, approver: TestClient
) -> None:
    asked = adjust(asker, points=MANY)
    path = f"/v1/approvals/{asked['approval']}/approve"
    action = town.app.state.approvals.action("adjust_points")
    executed = action.execute

    def stops_after(approval: object) -> object:
        executed(approval)
        raise RuntimeError("the power is gone")

    object.__setattr__(action, "execute", stops_after)
    assert approver.post(path).status_code == 500
    assert approver.get(path.removesuffix("/approve")).json()["status"] == "approved"
    object.__setattr__(action, "execute", executed)
    assert approver.post(path).json()["status"] == "done"
    assert points(town) == MANY


def test_one_person_may_lower_a_limit_and_two_raise_it(town: ApiTown, approver: TestClient) -> None:
    owner = person(town, Role.OWNER).log_in()

    def set_limit(key: str, alone_max: int) -> tuple[int, int]:
        got = owner.put(
            "/v1/approval-limits/adjust_points",
            json={"alone_max": alone_max},
            headers={"Idempotency-Key": key, "If-Match": "*"},
        )
        return got.status_code, got.json()["alone_max"]

    assert set_limit("k1", 100) == (200, 100)
    assert adjust(owner, "a1", points=101)["status"] == "awaiting_approval"
    assert set_limit("k2", 1_000) == (202, 100)
    pending = owner.get("/v1/approvals", params={"status": "pending"}).json()["data"]
    waiting = next(approval for approval in pending if approval["action"] == "set_approval_limit")
    assert approver.post(f"/v1/approvals/{waiting['id']}/approve").json()["status"] == "done"
    limits = {limit["action"]: limit["alone_max"] for limit in owner.get("/v1/approval-limits").json()}
    assert limits["adjust_points"] == 1_000
    assert adjust(owner, "a2", points=1_000)["status"] == "booked"


def test_an_approval_limit_is_changed_by_who_has_read_it(town: ApiTown) -> None:
    owner = person(town, Role.OWNER).log_in()
    path = "/v1/approval-limits/adjust_points"

    def put(key: str, alone_max: int, **headers: str) -> Response:
        return owner.put(path, json={"alone_max": alone_max}, headers={"Idempotency-Key": key, **headers})

    read = owner.get(path)
    etag = read.headers["etag"]
    assert read.json()["alone_max"] == ALONE_POINTS_MAX
    assert put("k1", 100).json()["code"] == "if_match_missing"
    lowered = put("k2", 100, **{"If-Match": etag})
    assert (lowered.status_code, lowered.json()["alone_max"]) == (200, 100)
    late = [put(f"l{alone_max}", alone_max, **{"If-Match": etag}) for alone_max in (50, 1_000)]
    assert [(answer.status_code, answer.json()["code"]) for answer in late] == [(412, "changed_meanwhile")] * 2
    assert put("k3", 100, **{"If-Match": etag}).status_code == 200
    raised = put("k4", 1_000, **{"If-Match": lowered.headers["etag"]})
    assert (raised.status_code, raised.headers["etag"]) == (202, lowered.headers["etag"])
    assert owner.get("/v1/approval-limits/nothing").status_code == 404
