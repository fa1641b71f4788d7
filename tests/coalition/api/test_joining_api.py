"""Members who join by themselves, with a contact that a code has shown to be theirs."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from coalition.access.errors import LogInRefused
from coalition.access.rate_limits import CODE_CONTACT
from coalition.api.app import create_app
from coalition.members.join import JoinRequest, join
from tests.support.people import stranger
from tests.support.town_api import ApiTown
from tests.support.wallets import People

CONTACT = "0151 23456789"
BODY: dict[str, Any] = {"contact": CONTACT, "consents": {"terms": True}}


def sent_code(town: ApiTown, contact: str = CONTACT) -> str:
    """The code that goes out to somebody who wants to join."""
    assert stranger(town).post("/v1/join-codes", json={"contact": contact}).status_code == 202
    digits = re.search(r"\d{6}", town.messages.sent[-1][1])
    assert digits is not None
    return digits[0]


def joined(town: ApiTown, **fields: object) -> Any:
    return stranger(town).post("/v1/join", json={**BODY, **fields})


@pytest.mark.parametrize("contact", [CONTACT, "Ann@example.com"])
def test_who_joins_is_a_member_and_logged_in(people: People, contact: str) -> None:
    town = people.town
    code = sent_code(town, contact)
    answer = joined(town, contact=contact, code=code, name="Ann", language="zh-Hans", shop="bakery")
    assert (answer.status_code, answer.json()["new"], answer.json()["role"]) == (201, True, "member"), answer.text
    member = answer.json()["member"]
    client = stranger(town)
    client.headers["Authorization"] = f"Bearer {answer.json()['token']}"
    seen = client.get(f"/v1/members/{member}").json()
    assert (seen["name"], seen["language"], seen["phone"] or seen["email"]) == (
        "Ann",
        "zh-Hans",
        "+4915123456789" if contact == CONTACT else "ann@example.com",
    )
    assert [(each["purpose"], each["given"]) for each in seen["consents"]] == [("marketing", False), ("terms", True)]
    assert people.buy(member).status_code == 201


def test_a_code_joins_once(people: People) -> None:
    code = sent_code(people.town)
    assert joined(people.town, code=code).status_code == 201
    assert joined(people.town, code=code).status_code == 401


def test_a_wrong_code_enrols_nobody(people: People) -> None:
    code = sent_code(people.town)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    assert [joined(people.town, code=wrong).status_code for _ in range(5)] == [401] * 5
    assert joined(people.town, code=code).status_code == 401
    assert people.app.post("/v1/members/search", json={"phone": CONTACT}).json() == []


def test_who_is_a_member_already_is_logged_in_and_not_changed(people: People) -> None:
    ann = people.enrol(phone=CONTACT, name="Ann")
    answer = joined(people.town, code=sent_code(people.town), name="Somebody", shop="cafe")
    assert (answer.json()["member"], answer.json()["new"]) == (ann, False)
    assert people.app.get(f"/v1/members/{ann}").json()["name"] == "Ann"


def test_nobody_joins_without_a_yes_to_the_terms(people: People) -> None:
    town = people.town
    code = sent_code(town)
    assert joined(town, code=code, consents={"terms": False}).json()["code"] == "terms_needed"
    assert joined(town, code=code, consents={}).status_code == 422
    assert joined(town, code=code).status_code == 201


def test_a_code_to_log_in_with_is_not_sent_to_a_stranger(people: People) -> None:
    stranger(people.town).post("/v1/member-codes", json={"contact": CONTACT})
    assert people.town.messages.sent == []
    with pytest.raises(LogInRefused):
        join(people.town.alliance, JoinRequest("+4915123456789", "000000", terms=True))


def test_a_code_to_join_with_logs_no_stranger_in(people: People) -> None:
    code = sent_code(people.town)
    answer = stranger(people.town).post("/v1/member-sessions", json={"contact": CONTACT, "code": code})
    assert answer.status_code == 401


def test_a_gift_that_waits_arrives(people: People) -> None:
    ann = people.enrol(email="ann@example.com")
    people.buy(ann)
    assert people.give(ann, 200, phone=CONTACT).json()["state"] == "waiting"
    member = joined(people.town, code=sent_code(people.town)).json()["member"]
    assert people.points(member) == 200


def test_the_phones_of_one_shops_network_join_one_after_the_other(people: People) -> None:
    town = people.town
    client = TestClient(create_app(town.alliances, rate_scale=1, messenger=town.messages))
    contacts = [f"+49151234567{number:02d}" for number in range(60)]
    assert {client.post("/v1/join-codes", json={"contact": contact}).status_code for contact in contacts} == {202}
    again = [
        client.post("/v1/join-codes", json={"contact": contacts[0]}).status_code for _ in range(CODE_CONTACT.quota)
    ]
    assert again[-1] == 429
