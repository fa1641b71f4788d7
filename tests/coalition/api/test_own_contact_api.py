"""Members change their own contact: only with a fresh proof, only to one that they hold; the old one hears."""

import re

import pytest
from fastapi.testclient import TestClient

from coalition.access.prove import PROOF_MINUTES
from tests.support.clock import MINUTE
from tests.support.people import stranger
from tests.support.wallets import People

OLD, NEW = "+4915112345678", "+4915187654321"


def digits(people: People) -> str:
    """The code of the message that was sent last."""
    written = re.search(r"\b\d{6}\b", people.town.messages.sent[-1][1])
    assert written is not None
    return written[0]


def log_in(people: People, contact: str) -> TestClient:
    """A new session by a code to a contact."""
    client = stranger(people.town)
    client.post("/v1/member-codes", json={"contact": contact})
    begun = client.post("/v1/member-sessions", json={"contact": contact, "code": digits(people)})
    assert begun.status_code == 201, begun.text
    client.headers["Authorization"] = f"Bearer {begun.json()['token']}"
    return client


def test_a_new_number_takes_a_code_ends_every_session_and_the_old_number_hears(people: People) -> None:
    ann = people.enrol(phone=OLD)
    elsewhere, client = log_in(people, OLD), log_in(people, OLD)
    sent = client.post(f"/v1/members/{ann}/contact-codes", json={"contact": "0151 87654321"})
    assert (sent.status_code, people.town.messages.sent[-1][0]) == (202, NEW)
    code = digits(people)
    wrong = {"contact": NEW, "code": "000000" if code != "000000" else "111111"}
    assert client.post(f"/v1/members/{ann}/contact", json=wrong).status_code == 401
    changed = client.post(f"/v1/members/{ann}/contact", json={"contact": NEW, "code": code})
    assert (changed.status_code, changed.json()["subject"]) == (201, f"member:{ann}")
    notice = people.town.messages.sent[-1]
    assert notice[0] == OLD
    assert "has another address now" in notice[1]
    assert [each.get("/v1/session").status_code for each in (client, elsewhere)] == [401, 401]
    client.headers["Authorization"] = f"Bearer {changed.json()['token']}"
    assert client.get(f"/v1/members/{ann}").json()["phone"] == NEW
    again = client.post(f"/v1/members/{ann}/contact", json={"contact": NEW, "code": code})
    assert again.status_code == 401, "a code counts once"
    log_in(people, NEW)


def test_an_old_proof_a_frozen_member_and_what_is_no_contact_are_refused(people: People) -> None:
    ann = people.enrol(phone=OLD)
    client = log_in(people, OLD)
    codes = f"/v1/members/{ann}/contact-codes"
    assert client.post(codes, json={"contact": "nobody"}).json()["code"] == "contact_invalid"
    assert client.post(codes, json={"contact": NEW}).status_code == 202
    code = digits(people)
    people.town.clock.forward(PROOF_MINUTES * MINUTE + 1)
    for path, body in (("contact-codes", {"contact": NEW}), ("contact", {"contact": NEW, "code": code})):
        refused = client.post(f"/v1/members/{ann}/{path}", json=body)
        assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
    assert people.town.client().post(f"/v1/members/{ann}/freeze").status_code == 200
    client = log_in(people, OLD)
    assert client.post(codes, json={"contact": NEW}).json()["code"] == "member_frozen"


@pytest.mark.parametrize("kind", ["log in", "join", "another's change"])
def test_only_a_code_for_this_change_changes_anything(people: People, kind: str) -> None:
    ann, bob = people.enrol(phone=OLD), people.enrol(email="bob@example.com")
    client, other = log_in(people, OLD), log_in(people, "bob@example.com")
    if kind == "log in":
        stranger(people.town).post("/v1/member-codes", json={"contact": "bob@example.com"})
        wanted = "bob@example.com"
    elif kind == "join":
        stranger(people.town).post("/v1/join-codes", json={"contact": NEW})
        wanted = NEW
    else:
        assert other.post(f"/v1/members/{bob}/contact-codes", json={"contact": NEW}).status_code == 202
        wanted = NEW
    assert people.town.messages.sent[-1][0] == wanted
    refused = client.post(f"/v1/members/{ann}/contact", json={"contact": wanted, "code": digits(people)})
    assert refused.status_code == 401


def test_a_code_for_a_change_lets_nobody_in_and_anothers_contact_is_named_only_to_its_holder(people: People) -> None:
    ann = people.enrol(phone=OLD)
    people.enrol(email="bob@example.com")
    client = log_in(people, OLD)
    sent = client.post(f"/v1/members/{ann}/contact-codes", json={"contact": "bob@example.com"})
    assert (sent.status_code, people.town.messages.sent[-1][0]) == (202, "bob@example.com")
    body = {"contact": "bob@example.com", "code": digits(people)}
    assert stranger(people.town).post("/v1/member-sessions", json=body).status_code == 401
    taken = client.post(f"/v1/members/{ann}/contact", json=body)
    assert (taken.status_code, taken.json()["code"]) == (409, "contact_taken")
    assert client.get("/v1/session").status_code == 200
