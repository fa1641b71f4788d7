"""Passkeys: added by whoever is logged in, and a log-in of their own."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from tests.support.clock import MINUTE
from tests.support.passkeys import add_passkey, device, log_in_with
from tests.support.people import first_owner, stranger
from tests.support.town_api import ApiTown


def test_a_passkey_logs_its_owner_in_without_password_or_code(town: ApiTown) -> None:
    owner, phone = first_owner(town), device()
    added = add_passkey(owner.log_in(), phone)
    assert (added.status_code, added.json()["used_at"]) == (201, None)
    got = log_in_with(town, phone)
    assert (got.status_code, got.json()["subject"]) == (201, f"user:{owner.id}")
    headers = {"Authorization": f"Bearer {got.json()['token']}"}
    assert stranger(town).get("/v1/session", headers=headers).json()["role"] == "owner"
    listed = owner.log_in().get("/v1/passkeys").json()
    assert [(passkey["name"], passkey["used_at"] is not None) for passkey in listed] == [("phone", True)]


@pytest.mark.parametrize("wrong", ["origin", "host", "not verified", "another's key", "unknown", "too late"])
def test_what_does_not_hold_logs_nobody_in(town: ApiTown, wrong: str) -> None:
    phone = device()
    assert add_passkey(first_owner(town).log_in(), phone).status_code == 201
    if wrong == "origin":
        phone.origin = "https://testserver.evil.example"
    elif wrong == "host":
        phone.host = "evil.example"
    elif wrong == "not verified":
        phone.verified = False
    elif wrong == "another's key":
        phone.key = ec.generate_private_key(ec.SECP256R1())
    elif wrong == "unknown":
        phone = device()
    got = log_in_with(town, phone, 5 * MINUTE if wrong == "too late" else 0)
    assert (got.status_code, got.json()["code"]) == (401, "log_in_refused")


@pytest.mark.parametrize("wrong", ["origin", "host", "not verified"])
def test_what_does_not_hold_is_not_added(town: ApiTown, wrong: str) -> None:
    phone = device(
        "https://evil.example" if wrong == "origin" else "https://testserver",
        "evil.example" if wrong == "host" else "testserver",
    )
    phone.verified = wrong != "not verified"
    got = add_passkey(first_owner(town).log_in(), phone)
    assert (got.status_code, got.json()["code"]) == (422, "passkey_refused")


def test_a_shown_passkey_cannot_be_shown_again(town: ApiTown) -> None:
    phone = device()
    add_passkey(first_owner(town).log_in(), phone)
    client = stranger(town)
    begun = client.post("/v1/sessions/passkey/options", json={}).json()
    body = {"challenge": begun["challenge"], "credential": phone.get(begun["options"])}
    got = [client.post("/v1/sessions/passkey", json=body).status_code for _ in range(2)]
    assert got == [201, 401]


@pytest.mark.parametrize(
    "credential",
    [
        {},
        {"id": 5},
        {"id": "\u0000"},
        {"id": "ä"},
        {"id": "AAAA", "rawId": "AAAA", "type": "public-key", "response": 1},
    ],
)
def test_what_is_no_credential_is_refused(town: ApiTown, credential: dict[str, object]) -> None:
    owner = first_owner(town).log_in()
    challenge = owner.post("/v1/passkeys/options").json()["challenge"]
    added = owner.post("/v1/passkeys", json={"challenge": challenge, "credential": credential, "name": "x"})
    begun = stranger(town).post("/v1/sessions/passkey/options", json={}).json()["challenge"]
    refused = stranger(town).post("/v1/sessions/passkey", json={"challenge": begun, "credential": credential})
    assert (added.status_code, refused.status_code) == (422, 401)


def test_a_removed_passkey_logs_nobody_in(town: ApiTown) -> None:
    owner, phone = first_owner(town).log_in(), device()
    passkey = add_passkey(owner, phone).json()["id"]
    assert [owner.delete(f"/v1/passkeys/{passkey}").status_code for _ in range(2)] == [204, 404]
    assert log_in_with(town, phone).status_code == 401
