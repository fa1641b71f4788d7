"""Stripe's webhooks over HTTP: stored once if Stripe signed them, refused by name if not."""

import json
import time
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from coalition.api.app import create_app
from coalition.fake_stripe.webhooks import signature
from settlement.ledger import Database
from settlement.rails.stripe import StripeConnection, WebhookInbox
from tests.support.town_api import ApiTown

SECRET = "whsec_" + "0" * 32
EVENT = json.dumps(
    {
        "id": "evt_1",
        "object": "event",
        "type": "payment_intent.succeeded",
        "created": 1_790_000_000,
        "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": {"coalition_key": "pay-1"}}},
    },
    indent=2,
)


@pytest.fixture
def client(town: ApiTown) -> Iterator[TestClient]:
    with StripeConnection("sk_test_x") as connection:
        inbox = WebhookInbox(town.database, town.alliance.id, connection, [SECRET], town.clock)
        app = create_app(town.alliances, stripe={town.alliance.id: inbox.receive})
        yield TestClient(app, raise_server_exceptions=False)


def send(client: TestClient, body: str = EVENT, secret: str = SECRET, alliance_id: int = 1) -> tuple[int, dict]:
    headers = {"Stripe-Signature": signature(body, secret, int(time.time()))}
    answer = client.post(f"/v1/alliances/{alliance_id}/stripe/webhooks", content=body, headers=headers)
    return answer.status_code, answer.json()


def rows(database: Database) -> list[tuple[str, str, str]]:
    with database.engine.connect() as connection:
        stored = connection.exec_driver_sql("SELECT id, about, subject FROM stripe_events")
        return [tuple(row) for row in stored]


def test_an_event_is_stored_once_however_often_it_comes(town: ApiTown, client: TestClient) -> None:
    assert send(client) == (200, {"new": True})
    assert send(client) == (200, {"new": False})
    assert rows(town.database) == [("evt_1", "payment", "pay-1")]


def test_only_what_stripe_signed_is_taken(town: ApiTown, client: TestClient) -> None:
    status, problem = send(client, secret="whsec_" + "1" * 32)
    assert (status, problem["code"]) == (400, "signature_wrong")
    status, problem = send(client, body="{}")
    assert (status, problem["code"]) == (400, "stripe_event_malformed")
    unsigned = client.post(f"/v1/alliances/{town.alliance.id}/stripe/webhooks", content=EVENT)
    assert (unsigned.status_code, unsigned.json()["code"]) == (400, "signature_wrong")
    assert rows(town.database) == []


def test_an_alliance_without_an_account_at_stripe_takes_nothing(client: TestClient) -> None:
    status, problem = send(client, alliance_id=2)
    assert (status, problem["code"]) == (404, "not_found")


def test_where_the_database_is_gone_stripe_is_asked_to_come_again(town: ApiTown, client: TestClient) -> None:
    with town.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE stripe_events RENAME TO elsewhere")
    try:
        status, problem = send(client)
    finally:
        with town.database.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO stripe_events")
    assert (status, problem["code"]) == (503, "unavailable")
