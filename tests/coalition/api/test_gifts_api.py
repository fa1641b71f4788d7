"""Gifts over HTTP: to a member at once, to a contact when its owner enrols, back when nobody does."""

from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Role
from coalition.gifts.sweep_gifts import sweep_gifts
from tests.support.clock import DAY
from tests.support.tokens import Tokens, bearing
from tests.support.wallets import People

EMAIL = "new@example.com"


@pytest.fixture
def ann(people: People) -> str:
    """A member with 500 points."""
    member = people.enrol(phone="+4915123456789")
    people.buy(member)
    return member


@pytest.fixture
def ben(people: People) -> str:
    """A member with none."""
    return people.enrol(email="ben@example.com")


@pytest.mark.parametrize("by", ["to", "email"])
def test_a_gift_keeps_issuer_and_last_day(people: People, ann: str, ben: str, by: str) -> None:
    answer = people.give(ann, 200, **{by: ben if by == "to" else "BEN@example.com"})
    assert (answer.status_code, answer.json()["state"], answer.json()["returns_at"]) == (201, "given", None)
    assert people.points(ann) == 300
    (lot,) = people.wallet(ben)["lots"]
    assert (lot["issuer"], lot["points"], lot["expires_on"]) == ("bakery", 200, "2025-05-31")


def test_sent_again_it_gives_once(people: People, ann: str, ben: str) -> None:
    first, again = (people.give(ann, 200, key="g", to=ben) for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert people.points(ben) == 200


@pytest.mark.parametrize("change", [{"points": 201}, {"to": "bob"}])
def test_a_key_is_for_one_gift(people: People, ann: str, ben: str, change: dict[str, object]) -> None:
    people.give(ann, 200, key="g", to=ben)
    body = {"points": 200, "to": ben, **change}
    answer = people.give(ann, key="g", **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "key_reused")


def test_nobody_gives_what_they_have_not(people: People, ann: str, ben: str) -> None:
    refused = people.give(ann, 501, key="g", to=ben)
    assert (refused.status_code, refused.json()["code"]) == (409, "points_short")
    assert people.give(ann, 501, key="g", to=ben).json()["code"] == "points_short"
    (listed,) = people.app.get(f"/v1/gifts?member={ann}").json()["data"]
    assert listed["state"] == "refused"


@pytest.mark.parametrize(("to", "status"), [({"to": "nobody"}, 404), ({"to": "self"}, 422), ({}, 422)])
def test_a_gift_has_another_member_as_receiver(people: People, ann: str, to: dict[str, str], status: int) -> None:
    sent = {key: ann if value == "self" else value for key, value in to.items()}
    assert people.give(ann, 1, **sent).status_code == status


def test_a_gift_waits_for_who_is_yet_to_enrol(people: People, ann: str) -> None:
    sent = people.give(ann, 200, key="g", email=EMAIL)
    assert (sent.status_code, sent.json()["state"]) == (201, "waiting")
    assert sent.json()["returns_at"] is not None
    assert people.points(ann) == 300
    new = people.enrol(email=EMAIL)
    assert people.points(new) == 200
    again = people.give(ann, 200, key="g", email=EMAIL)
    assert (again.json()["state"], again.headers["Idempotent-Replayed"]) == ("given", "true")
    assert people.points(ann) == 300


def test_a_gift_that_nobody_comes_for_goes_back(people: People, ann: str) -> None:
    sent = people.give(ann, 200, email=EMAIL).json()
    assert sweep_gifts(people.town.alliance) == 0
    people.town.clock.forward(14 * DAY)
    assert sweep_gifts(people.town.alliance) == 1
    assert sweep_gifts(people.town.alliance) == 0
    assert people.app.get(f"/v1/gifts/{sent['id']}").json()["state"] == "returned"
    assert people.points(ann) == 500
    assert people.points(people.enrol(email=EMAIL)) == 0
    with people.town.database.engine.connect() as connection:
        assert EMAIL not in str(connection.exec_driver_sql("SELECT * FROM gifts").all())


def test_gifts_are_listed_to_both(people: People, ann: str, ben: str) -> None:
    ids = [people.give(ann, 1, to=ben).json()["id"] for _ in range(3)]
    for member in (ann, ben):
        page = people.app.get(f"/v1/gifts?member={member}&limit=2").json()
        rest = people.app.get(f"/v1/gifts?member={member}&limit=2&cursor={page['next_cursor']}").json()
        assert sorted(gift["id"] for gift in page["data"] + rest["data"]) == sorted(ids)
        assert rest["next_cursor"] is None


def test_a_frozen_member_neither_gives_nor_gets(people: People, ann: str, ben: str) -> None:
    people.operator.post(f"/v1/members/{ann}/freeze")
    assert people.give(ann, 1, to=ben).status_code == 409
    assert people.give(ben, 1, to=ann).status_code == 409


def test_an_event_of_a_gift_leads_to_the_gift(people: People, ann: str, ben: str) -> None:
    people.give(ann, 100, to=ben)
    people.give(ann, 50, email=EMAIL)
    cleo = people.enrol(email=EMAIL)
    people.give(ann, 25, phone="+4915199999999")
    people.town.clock.forward(15 * DAY)
    sweep_gifts(people.town.alliance)
    events = people.operator.get("/v1/events", params={"limit": 100}).json()["data"]
    about = [event for event in events if event["type"].startswith("gift.")]
    assert [(event["type"], event["member"], event["second_member"]) for event in about] == [
        ("gift.created", ann, ben),
        ("gift.created", ann, None),
        ("gift.arrived", ann, cleo),
        ("gift.created", ann, None),
        ("gift.returned", ann, None),
    ]
    received = [people.app.get(f"/v1/gifts/{event['data']['id']}").json()["receiver"] for event in about]
    assert received == [ben, cleo, cleo, None, None]


def test_a_receiver_hears_nothing_of_a_gift_that_was_refused(people: People, ann: str, ben: str) -> None:
    assert people.give(ann, 501, to=ben).status_code == 409
    assert people.app.get(f"/v1/gifts?member={ben}").json()["data"] == []
    (refused,) = people.app.get(f"/v1/gifts?member={ann}").json()["data"]
    own = Tokens(people.town.database, people.town.alliance.id, people.town.clock())
    for member, status in ((ann, 200), (ben, 404)):
        session = bearing(own.new(Role.MEMBER, member=member))
        assert people.app.get(f"/v1/gifts/{refused['id']}", headers=session).status_code == status


# -- by link --------------------------------------------------------------------------------------------------


def linked(people: People, giver: str, points: int = 100, key: str = "link") -> dict[str, Any]:
    """A gift by link, and the code that its link ends with."""
    answer = people.give(giver, points, key=key, by_link=True)
    assert answer.status_code == 201, answer.text
    return {**answer.json(), "code": answer.json()["link"].rpartition("/")[2]}


def take(people: People, code: str, member: str) -> Response:
    return people.app.post(f"/v1/gift-links/{code}/take", json={"member": member})


def test_whoever_opens_the_link_first_has_the_gift(people: People) -> None:
    ann, ben, cleo = (people.enrol(email=f"{name}@example.com", name=name) for name in ("ann", "ben", "cleo"))
    people.buy(ann)
    gift = linked(people, ann)
    assert linked(people, ann)["link"] == gift["link"]
    assert (people.points(ann), gift["state"], gift["receiver"]) == (400, "waiting", None)
    seen = TestClient(people.town.app).get(f"/v1/public/gifts/{gift['code']}").json()
    assert (seen["points"], seen["giver_name"], seen["state"]) == (100, "ann", "waiting")
    assert [take(people, gift["code"], member).status_code for member in (ben, ben, cleo)] == [200, 200, 409]
    assert (people.points(ben), people.points(cleo)) == (100, 0)
    assert people.app.get(f"/v1/gifts/{gift['id']}").json()["link"] is None
    assert people.app.post(f"/v1/gifts/{gift['id']}/take-back").json()["code"] == "gift_taken"


def test_a_gift_that_nobody_took_up_is_taken_back(people: People) -> None:
    ann, ben = people.enrol(email="ann@example.com"), people.enrol(email="ben@example.com")
    people.buy(ann)
    gift = linked(people, ann)
    assert take(people, gift["code"], ann).json()["code"] == "same_member"
    answers = [people.app.post(f"/v1/gifts/{gift['id']}/take-back") for _ in range(2)]
    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, "returned")] * 2
    assert take(people, gift["code"], ben).json()["code"] == "gift_taken"
    assert people.points(ann) == 500


def test_a_link_that_was_not_made_here_is_none(people: People) -> None:
    ann, ben = people.enrol(email="ann@example.com"), people.enrol(email="ben@example.com")
    people.buy(ann)
    gift = linked(people, ann)
    for code in ("x", gift["code"][:-1] + ("0" if gift["code"][-1] != "0" else "1"), gift["id"][5:] + "0" * 32):
        assert take(people, code, ben).status_code == 404
    to_contact = people.give(ann, 10, key="contact", email="dora@example.com").json()
    assert to_contact["link"] is None


def test_whoever_gave_reads_to_whom_until_that_person_is_erased(people: People, ann: str, ben: str) -> None:
    arrived = people.give(ann, 20, email="ben@example.com").json()
    waits = people.give(ann, 10, phone="+4915187654321").json()
    assert [gift["named"] for gift in (arrived, waits)] == ["b•••@example.com", "+49 ••• 321"]
    people.enrol(phone="+4915187654321")
    listed = {gift["id"]: gift for gift in people.app.get("/v1/gifts", params={"member": ann}).json()["data"]}
    assert [(listed[gift["id"]]["state"], listed[gift["id"]]["named"]) for gift in (arrived, waits)] == [
        ("given", "b•••@example.com"),
        ("given", "+49 ••• 321"),
    ]
    assert people.operator.post(f"/v1/members/{ben}/erase").status_code == 204
    assert people.app.get(f"/v1/gifts/{arrived['id']}").json()["named"] is None


def test_a_gift_to_a_number_is_taken_back_while_nobody_has_it(people: People, ann: str) -> None:
    gift = people.give(ann, 100, email=EMAIL).json()
    assert people.app.post(f"/v1/gifts/{gift['id']}/take-back").json()["state"] == "returned"
    assert people.points(ann) == 500
    assert people.points(people.enrol(email=EMAIL)) == 0
