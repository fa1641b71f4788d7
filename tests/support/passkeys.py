"""Passkeys over HTTP: one is added, and one logs somebody in."""

from fastapi.testclient import TestClient
from httpx2 import Response

from tests.support.authenticator import Authenticator
from tests.support.people import stranger
from tests.support.town_api import ApiTown


def device(origin: str = "https://testserver", host: str = "testserver") -> Authenticator:
    """A new device with a passkey for the tests' server."""
    return Authenticator(origin, host)


def add_passkey(client: TestClient, phone: Authenticator) -> Response:
    """The answer to a passkey that is added."""
    begun = client.post("/v1/passkeys/options").json()
    body = {"challenge": begun["challenge"], "credential": phone.create(begun["options"]), "name": "phone"}
    return client.post("/v1/passkeys", json=body)


def log_in_with(town: ApiTown, phone: Authenticator, wait: int = 0) -> Response:
    """The answer to a log-in with a passkey, `wait` microseconds after the challenge."""
    client = stranger(town)
    begun = client.post("/v1/sessions/passkey/options", json={}).json()
    town.clock.forward(wait)
    body = {"challenge": begun["challenge"], "credential": phone.get(begun["options"])}
    return client.post("/v1/sessions/passkey", json=body)
