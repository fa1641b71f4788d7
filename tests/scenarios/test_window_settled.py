"""A window from the first purchase to the last cent, through HTTP alone."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from settlement.ledger import Database
from tests.support.clock import DAY, Clock
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown, api_town, purchase


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town on each of the two databases, audited in the end."""
    with api_town(database, clock) as town:
        yield town


def test_purchases_become_nets_nets_become_payments_and_people_confirm_them(town: ApiTown) -> None:
    purchase(town.till(), "p1", amount_minor=10_000)
    purchase(town.till("cafe"), "p2", shop="cafe", amount_minor=1_000, points=300)
    town.clock.now += 7 * DAY
    tokens = Tokens(town.database, town.alliance.id, town.clock())
    treasurer = TestClient(town.app, headers=bearing(tokens.new(Role.FINANCE)))

    (window,) = [each["id"] for each in treasurer.get("/v1/windows").json()["data"] if each["status"] == "due"]
    assert treasurer.post(f"/v1/windows/{window}/close").status_code == 200
    assert [(each["shop"], each["net_minor"], each["next"]) for each in status(treasurer)["outlook"]] == [
        ("bakery", -300, "collect"),
        ("cafe", 300, "short"),
    ]

    assert run(treasurer) == (1, 0)
    (due,) = payments(treasurer, state="sent")
    assert (due["shop"], due["route"], due["amount_minor"], due["window"]) == ("bakery", "collect", 300, window)
    assert confirm(treasurer, due["id"], "receipt 17") == "paid"

    assert run(treasurer) == (0, 1)
    (out,) = payments(treasurer, state="sent")
    assert (out["shop"], out["route"], out["amount_minor"]) == ("cafe", "pay", 300)
    assert confirm(treasurer, out["id"], "handed over to Ms. Kaya") == "paid"

    assert status(treasurer)["outlook"] == []
    (rail,) = treasurer.post("/v1/settlements/reconcile").json()
    assert (rail["agrees"], rail["book_minor"]) == (True, 0)
    assert run(treasurer) == (0, 0)


def run(client: TestClient) -> tuple[int, int]:
    counts = client.post("/v1/settlements/run").json()
    return counts["collecting"], counts["paying"]


def status(client: TestClient) -> dict:
    return client.get("/v1/settlements").json()


def payments(client: TestClient, **filters: str) -> list[dict]:
    return client.get("/v1/payments", params=filters).json()["data"]


def confirm(client: TestClient, id_: str, evidence: str) -> str:
    answer = client.post(f"/v1/payments/{id_}/confirm", json={"outcome": "paid", "evidence": evidence})
    assert answer.status_code == 200, answer.text
    return answer.json()["state"]
