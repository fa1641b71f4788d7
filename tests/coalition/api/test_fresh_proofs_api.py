"""What adds or removes a credential takes a fresh proof, and its owner is told."""

import re
from collections.abc import Mapping

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Caller, Role
from coalition.access.errors import LogInRefused
from coalition.access.prove import PROOF_MINUTES, renew_proven
from coalition.access.session_store import revoke_sessions
from tests.support.clock import HOUR, MINUTE
from tests.support.passkeys import add_passkey, device, log_in_with
from tests.support.people import PASSWORD, Person, logged_in, person, stranger
from tests.support.town_api import ApiTown
from tests.support.wallets import People

PHONE = "+4915112345678"


@pytest.fixture
def owner(town: ApiTown) -> Person:
    return person(town, Role.OWNER)


def prove(owner: Person, client: TestClient, **changes: object) -> int:
    """The status of a proof, after which the client goes on with the new token."""
    return send_proof(client, {"password": PASSWORD, "code": owner.code(), **changes})


def send_proof(client: TestClient, body: Mapping[str, object]) -> int:
    answer = client.post("/v1/session/proof", json=body)
    if answer.status_code == 200:
        client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    return answer.status_code


def test_an_old_session_adds_and_removes_no_passkey_until_it_is_proven_again(town: ApiTown, owner: Person) -> None:
    client, phone = owner.log_in(), device()
    passkey = add_passkey(client, phone).json()["id"]
    town.clock.forward(PROOF_MINUTES * MINUTE + 1)
    refused = [client.post("/v1/passkeys/options"), client.delete(f"/v1/passkeys/{passkey}")]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "proof_needed")] * 2
    assert client.get("/v1/passkeys").json()[0]["id"] == passkey
    assert prove(owner, client, code="000000") == 401
    assert client.post("/v1/passkeys/options").status_code == 403
    assert prove(owner, client) == 200
    assert add_passkey(client, device()).status_code == 201
    assert client.delete(f"/v1/passkeys/{passkey}").status_code == 204


def test_a_passkey_proves_its_owner_and_nobody_else(town: ApiTown, owner: Person) -> None:
    other, phone = person(town, Role.SUPPORT), device()
    client, foreign = owner.log_in(), other.log_in()
    assert add_passkey(client, phone).status_code == 201
    town.clock.forward(PROOF_MINUTES * MINUTE + 1)
    for caller, status in ((foreign, 401), (client, 200)):
        begun = stranger(town).post("/v1/sessions/passkey/options", json={}).json()
        body = {"challenge": begun["challenge"], "credential": phone.get(begun["options"])}
        assert send_proof(caller, body) == status
    assert client.post("/v1/passkeys/options").status_code == 200


def test_a_member_proves_themselves_by_a_code_and_is_told(people: People) -> None:
    town = people.town
    ann, client = people.enrol(phone=PHONE), stranger(town)

    def code() -> str:
        assert client.post("/v1/member-codes", json={"contact": PHONE}).status_code == 202
        digits = re.search(r"\d{6}", town.messages.sent[-1][1])
        assert digits is not None
        return digits[0]

    session = client.post("/v1/member-sessions", json={"contact": PHONE, "code": code()}).json()
    client.headers["Authorization"] = f"Bearer {session['token']}"
    assert session["subject"] == f"member:{ann}"
    town.clock.forward(PROOF_MINUTES * MINUTE + 1)
    assert add_passkey_status(client) == 403
    assert send_proof(client, {"contact": PHONE, "code": code()}) == 200
    assert add_passkey(client, device()).status_code == 201
    to, text = town.messages.sent[-1]
    assert to == PHONE
    assert "A passkey was added" in text


def add_passkey_status(client: TestClient) -> int:
    return client.post("/v1/passkeys/options").status_code


def test_owners_list_and_remove_the_passkeys_of_users_who_are_told(town: ApiTown, owner: Person) -> None:
    cashier, phone = person(town, Role.CASHIER, "bakery"), device()
    passkey = add_passkey(cashier.log_in(), phone).json()
    boss, neighbour = owner.log_in(), person(town, Role.MANAGER, "cafe").log_in()
    path = f"/v1/users/{cashier.id}/passkeys"
    assert boss.get(path).json() == [passkey]
    assert [neighbour.get(path).status_code, neighbour.delete(f"{path}/{passkey['id']}").status_code] == [404, 404]
    town.clock.forward(PROOF_MINUTES * MINUTE + 1)
    assert boss.delete(f"{path}/{passkey['id']}").json()["code"] == "proof_needed"
    assert prove(owner, boss) == 200
    assert [boss.delete(f"{path}/{passkey['id']}").status_code for _ in range(2)] == [204, 404]
    assert log_in_with(town, phone).status_code == 401
    to, text = town.messages.sent[-1]
    assert to == cashier.email
    assert "A passkey was removed" in text


def test_a_proof_gives_the_session_another_token_and_the_old_one_is_good_no_more(town: ApiTown, owner: Person) -> None:
    client = owner.log_in()
    copied = client.headers["Authorization"]
    session = client.get("/v1/sessions").json()[0]["id"]
    assert prove(owner, client) == 200
    assert stranger(town).get("/v1/session", headers={"Authorization": copied}).status_code == 401
    assert [(listed["id"], listed["current"]) for listed in client.get("/v1/sessions").json()] == [(session, True)]


def test_a_browser_gets_the_new_token_in_its_cookie(town: ApiTown, owner: Person) -> None:
    client = stranger(town)
    begun = owner.try_to_log_in(client, cookie=True).json()
    old = client.cookies["__Host-session"]
    town.clock.forward(HOUR // 2)
    body = {"password": PASSWORD, "code": owner.code()}
    proven = client.post("/v1/session/proof", json=body, headers={"X-CSRF-Token": begun["csrf_token"]})
    assert proven.json()["token"] is None
    assert client.cookies["__Host-session"] != old
    # As old as the session: what proves it doesn't make it longer.
    assert "Max-Age=41370" in proven.headers["set-cookie"]
    assert client.get("/v1/session").json()["csrf_token"] == proven.json()["csrf_token"] != begun["csrf_token"]
    assert stranger(town).get("/v1/session", headers={"Authorization": f"Bearer {old}"}).status_code == 401


def test_a_session_that_has_ended_is_proven_no_more(town: ApiTown, owner: Person) -> None:
    client = owner.log_in()
    session = client.get("/v1/sessions").json()[0]["id"]
    caller = Caller(town.alliance.id, f"user:{owner.id}", Role.OWNER, session=session)
    with town.database.engine.begin() as connection:
        revoke_sessions(connection, town.alliance.id, caller.id, town.clock(), session)
        with pytest.raises(LogInRefused):
            renew_proven(connection, caller, town.clock())


def test_an_old_session_ends_no_other_one_until_it_is_proven_again(town: ApiTown, owner: Person) -> None:
    client, elsewhere = owner.log_in(), owner.log_in()
    newest, own = (session["id"] for session in client.get("/v1/sessions").json())
    town.clock.forward(PROOF_MINUTES * MINUTE + 1)
    refused = [client.delete(f"/v1/sessions/{newest}"), client.delete("/v1/sessions")]
    assert [(answer.status_code, answer.json()["code"]) for answer in refused] == [(403, "proof_needed")] * 2
    assert elsewhere.get("/v1/session").status_code == 200
    assert prove(owner, client) == 200
    assert client.delete(f"/v1/sessions/{newest}").status_code == 204
    assert elsewhere.get("/v1/session").status_code == 401
    town.clock.forward(PROOF_MINUTES * MINUTE + 1)
    # To log out takes none.
    assert client.delete(f"/v1/sessions/{own}").status_code == 204
    assert client.get("/v1/session").status_code == 401


def heard(town: ApiTown, address: str) -> list[str]:
    """What was sent to an address, the newest last."""
    return [text for to, text in town.messages.sent if to == address]


def test_the_owner_of_an_account_hears_of_a_new_password_and_of_a_new_address(town: ApiTown) -> None:
    cashier = person(town, Role.CASHIER, "bakery")
    body = {"old_password": PASSWORD, "new_password": "another battery, another staple"}
    assert cashier.log_in().put("/v1/session/password", json=body).status_code == 204
    assert "password" in heard(town, cashier.email)[-1]
    assert logged_in(town).patch(f"/v1/users/{cashier.id}", json={"email": "new@x.example"}).status_code == 200
    assert "another address" in heard(town, cashier.email)[-1]
