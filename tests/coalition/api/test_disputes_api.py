"""Disputes over HTTP: opened by a shop, answered once, put right in the open window."""

import pytest

from coalition.access.caller import Role
from tests.support.clock import DAY
from tests.support.town_api import ApiAnswer, ApiTown, purchase

WINDOW = "win_20240512T220000Z"
CORRECTION = {"payer": "bakery", "payee": "cafe", "points": 50}


@pytest.fixture
def closed(town: ApiTown) -> ApiTown:
    """A town whose first window is closed: the bakery owes the cafe 3.00."""
    purchase(town.till(), "k1", amount_minor=10_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000, points=300)
    town.clock.now += 7 * DAY
    town.client().post(f"/v1/windows/{WINDOW}/close")
    return town


def dispute(town: ApiTown, shop: str = "cafe", **fields: object) -> ApiAnswer:
    body = {"shop": shop, "window": WINDOW, "statement": "It was 350 points.", **fields}
    answer = town.till(shop).post("/v1/disputes", json=body)
    return {"http": answer.status_code, **answer.json()}


def answer(town: ApiTown, opened: ApiAnswer, **fields: object) -> ApiAnswer:
    answered = town.client().post(f"/v1/disputes/{opened['id']}/answer", json={"answer": "Right.", **fields})
    return {"http": answered.status_code, **answered.json()}


def test_an_accepted_dispute_is_put_right_in_the_open_window(closed: ApiTown) -> None:
    opened = dispute(closed, line="redeemed_here")
    assert (opened["http"], opened["status"]) == (201, "open")
    first, again = (answer(closed, opened, status="accepted", correction=CORRECTION) for _ in range(2))
    assert first == again
    assert (first["status"], first["correction"]) == ("accepted", CORRECTION)
    windows = closed.client().get("/v1/windows").json()["data"]
    assert [(window["status"], window["collected_minor"]) for window in windows] == [("open", 50), ("closed", 300)]


def test_it_is_decided_once(closed: ApiTown) -> None:
    opened = dispute(closed)
    answer(closed, opened, status="rejected")
    answered = answer(closed, opened, status="accepted")
    assert (answered["http"], answered["code"]) == (409, "dispute_decided")
    assert closed.till("cafe").post(f"/v1/disputes/{opened['id']}/withdraw").status_code == 409


def test_a_correction_that_the_book_refuses_leaves_it_open(closed: ApiTown) -> None:
    opened = dispute(closed)
    answered = answer(closed, opened, status="accepted", correction={**CORRECTION, "payer": "nobody"})
    assert (answered["http"], answered["code"]) == (404, "shop_unknown")
    assert closed.client().get(f"/v1/disputes/{opened['id']}").json()["status"] == "open"
    assert answer(closed, opened, status="accepted", correction=CORRECTION)["status"] == "accepted"


def test_a_shop_takes_its_dispute_back(closed: ApiTown) -> None:
    opened = dispute(closed)
    assert closed.till("cafe").post(f"/v1/disputes/{opened['id']}/withdraw").json()["status"] == "withdrawn"


def test_a_shop_sees_its_own_disputes_alone(closed: ApiTown) -> None:
    theirs = dispute(closed, "bakery")
    mine = dispute(closed, "cafe")
    till = closed.till("cafe")
    assert [listed["id"] for listed in till.get("/v1/disputes").json()["data"]] == [mine["id"]]
    assert till.get(f"/v1/disputes/{theirs['id']}").status_code == 404
    assert till.post(f"/v1/disputes/{mine['id']}/answer", json={"status": "accepted", "answer": "x"}).status_code == 403
    assert closed.client(Role.OPERATOR).get("/v1/disputes", params={"limit": 1}).json()["next_cursor"] is not None


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"window": "win_20240519T220000Z"}, 404), ({"line": "nonsense"}, 422), ({"statement": ""}, 422)],
)
def test_what_cannot_be_disputed_is_refused(closed: ApiTown, fields: dict[str, object], status: int) -> None:
    assert dispute(closed, **fields)["http"] == status


def test_a_shop_without_a_net_has_nothing_to_dispute(closed: ApiTown) -> None:
    assert dispute(closed, "diner")["http"] == 422
