"""The client: true to the API, patient where that can do no harm, and wary of webhooks."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient

from coalition.api.write_client import PLACE, client_text, description
from coalition.client import ApiProblem, Client, HttpAnswer, Unreachable, WebhookNotGenuine, verify_webhook
from tests.support.town_api import ApiTown

NOW = 1_800_000_000
SECRET = "whsec_" + base64.b64encode(b"a secret of 24 bytes ...").decode()
BUSY = HttpAnswer(429, {"retry-after": "7"}, b"{}")
DOWN = HttpAnswer(502, {}, b"")


def test_the_client_is_as_the_description_makes_it() -> None:
    assert PLACE.read_text(encoding="utf-8") == client_text(description()), "run python -m coalition.api.write_client"


class InProcess:
    """Hands requests to the application; the first answers are lost on their way back."""

    def __init__(self, town: ApiTown, *failures: HttpAnswer | OSError) -> None:
        self.client, self.failures = TestClient(town.app, raise_server_exceptions=False), list(failures)
        self.keys: list[str | None] = []

    def send(self, method: str, target: str, headers: Mapping[str, str], body: bytes | None) -> HttpAnswer:
        self.keys.append(headers.get("Idempotency-Key"))
        got = self.client.request(method, target, headers=dict(headers), content=body)
        failure = self.failures.pop(0) if self.failures else None
        if isinstance(failure, OSError):
            raise failure
        return failure or HttpAnswer(got.status_code, dict(got.headers), got.content)

    def close(self) -> None:
        self.client.close()


def client_of(town: ApiTown, transport: InProcess, waits: list[float] | None = None) -> Client:
    heard = [] if waits is None else waits
    return Client("http://town", town.key(), transport=transport, sleep=heard.append)


@pytest.mark.parametrize("failures", [[ConnectionResetError("gone")], [DOWN, DOWN], [BUSY, TimeoutError("late")]])
def test_a_purchase_whose_answer_was_lost_is_asked_for_again_and_done_once(
    town: ApiTown, failures: list[HttpAnswer | OSError]
) -> None:
    waits: list[float] = []
    transport = InProcess(town, *failures)
    client = client_of(town, transport, waits)
    assert client.create_purchase(shop="bakery", member="ann", amount_minor=1_000)["points_earned"] == 50
    assert client.last is not None
    assert client.last.replayed
    assert len(set(transport.keys)) == 1
    assert len(transport.keys) == len(failures) + 1
    assert (7.0 in waits) == (BUSY in failures)


def test_a_write_without_a_key_is_not_asked_again_where_it_may_have_been_done(town: ApiTown) -> None:
    transport = InProcess(town, ConnectionResetError("gone"))
    with pytest.raises(Unreachable):
        client_of(town, transport).enrol_member(email="new@example.com")
    assert len(transport.keys) == 1


def test_who_never_answers_is_unreachable(town: ApiTown) -> None:
    transport = InProcess(town, *(ConnectionResetError("gone") for _ in range(9)))
    with pytest.raises(Unreachable, match="gone") as raised:
        client_of(town, transport).create_purchase(shop="bakery", member="ann", amount_minor=1, idempotency_key="mine")
    assert raised.value.idempotency_key == "mine"
    assert len(transport.keys) == 5


def test_a_no_carries_its_code_and_fields(town: ApiTown) -> None:
    with pytest.raises(ApiProblem) as raised:
        client_of(town, InProcess(town)).create_purchase(shop="bakery", member="ann", amount_minor=-1)
    assert (raised.value.status, raised.value.code) == (422, "invalid")
    assert raised.value.fields[0][0] == "amount_minor"
    assert str(raised.value.request_id) in str(raised.value)


def test_pages_are_read_to_their_end(town: ApiTown) -> None:
    transport = InProcess(town)
    refs = [shop["ref"] for shop in client_of(town, transport).all_shops(limit=1)]
    assert len(refs) == len(set(refs)) > 2
    assert len(transport.keys) >= len(refs)


def signed(body: bytes, at: int = NOW) -> dict[str, str]:
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, f"msg_1.{at}.".encode() + body, hashlib.sha256)).decode()
    return {"Webhook-Id": "msg_1", "Webhook-Timestamp": str(at), "Webhook-Signature": f"v1,{signature}"}


def test_a_csv_file_is_sent_as_it_is(town: ApiTown) -> None:
    file = "ref,email,shop,points,release_on\ncard-1,ann@example.com,bakery,100,2024-05-01\n"
    imported = client_of(town, InProcess(town)).import_members_csv(content=file.encode())
    assert [(row["ref"], row["status"]) for row in imported["data"]] == [("card-1", "imported")]


def test_a_genuine_webhook_is_read_also_while_secrets_are_rotated() -> None:
    body = json.dumps({"type": "purchase.created"}).encode()
    other = "whsec_" + base64.b64encode(b"another").decode()
    assert verify_webhook(body, signed(body), other, SECRET, now=NOW)["type"] == "purchase.created"


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        (signed(b"{}", at=NOW - 301), "time"),
        (signed(b"{} "), "signature"),
        ({**signed(b"{}"), "Webhook-Signature": "v2,AAAA"}, "signature"),
        ({}, "missing"),
    ],
)
def test_any_other_webhook_is_refused(headers: dict[str, str], why: str) -> None:
    with pytest.raises(WebhookNotGenuine, match=why):
        verify_webhook(b"{}", headers, SECRET, now=NOW)
