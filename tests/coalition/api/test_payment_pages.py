"""The console's page of a payment: one that was not sent is cancelled, once."""

from coalition.access.caller import Role
from tests.coalition.api.test_bank_pages import treasurer
from tests.support.settling import sent
from tests.support.town_api import ApiTown


def test_a_payment_that_was_not_sent_is_cancelled_with_a_reason(closed: ApiTown) -> None:
    fina, api = treasurer(closed), closed.client()
    (planned,) = api.post("/v1/settlements/direct").json()
    path = f"/console/payments/{planned['id']}"
    fina.open(path)
    assert "Cancel this payment" in fina.words
    assert fina.send(f"{path}/cancel", why=" ") == 422
    assert fina.send(f"{path}/cancel", why="a typo") == 200
    assert "Cancel this payment" not in fina.words
    assert api.get(f"/v1/payments/{planned['id']}").json()["state"] == "cancelled"
    assert fina.send(f"{path}/cancel", why="again") == 409
    (entry,) = api.get("/v1/audit-log", params={"action": "payment.cancel"}).json()["data"]
    assert entry["details"] == {"why": "a typo"}


def test_a_payment_that_was_sent_is_not(closed: ApiTown) -> None:
    fina, path = treasurer(closed), f"/console/payments/{sent(closed)}"
    fina.open(path)
    assert "Cancel this payment" not in fina.words
    assert fina.send(f"{path}/cancel", why="too late") == 409
    assert closed.client(Role.FINANCE).get("/v1/audit-log", params={"action": "payment.cancel"}).json()["data"] == []
