"""Of a person who was erased nothing is left in the whole database: every table, every column."""

from collections.abc import Iterator

from sqlalchemy import inspect, text

from coalition.access.caller import Role
from settlement.ledger import Database
from tests.support.passkeys import device
from tests.support.people import person, stranger
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import send
from tests.support.wallets import People

NAME, EMAIL, PHONE, REF = "Quastenflosse", "quasten@flosse.example", "+4915112345678", "card of Quastenflosse"
TRACES = ("quasten", "flosse", "15112345678")


def traces(database: Database) -> Iterator[str]:
    """Where something of the person stands."""
    with database.engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.execute(text(f'SELECT * FROM "{table}"')).mappings():
                for column, value in row.items():
                    written = value.decode("utf-8", "replace") if isinstance(value, bytes | memoryview) else str(value)
                    if any(trace in written.lower() for trace in TRACES):
                        yield f"{table}.{column}: {written}"


def live(people: People) -> str:
    """A member of whom something stands wherever the API takes a text; their id."""
    town = people.town
    ben = people.enrol(phone="+4915112345679")
    people.buy(ben)
    assert people.give(ben, 5, email=EMAIL).status_code == 201
    parts = [{"points": 7, "release_on": "2020-01-01"}, {"points": 7, "release_on": "2090-01-01"}]
    rows = [{"ref": REF, "email": EMAIL, "name": NAME, "shop": "bakery", "parts": parts}]
    imported = people.operator.post("/v1/member-imports", json={"rows": rows}).json()["data"][0]
    member: str = imported["member"]
    double = people.enrol(phone=PHONE, name=NAME)
    reason = f"sorry, {NAME}"
    for key, points, whose in (("a1", 10, member), ("a2", 10, double)):
        adjusted = send(
            people.operator, "/v1/adjustments", key, shop="bakery", member=whose, points=points, reason=reason
        )
        assert adjusted["status"] == "booked"
        assert people.operator.get(f"/v1/adjustments/{adjusted['id']}").json()["reason"] == reason
    helper, boss = person(town, Role.SUPPORT).log_in(), person(town, Role.OWNER).log_in()
    for key in ("a3", "a4"):
        asked = send(helper, "/v1/adjustments", key, shop="bakery", member=member, points=10**6, reason=reason)
        assert asked["status"] == "awaiting_approval"
    boss.post(f"/v1/approvals/{asked['approval']}/reject", json={"reason": f"not for {NAME}"})
    assert people.operator.post(f"/v1/members/{double}/merge", json={"into": member}).status_code == 200
    client = stranger(town)
    client.headers.update(
        bearing(Tokens(town.database, town.alliance.id, town.clock()).new(Role.MEMBER, member=member))
    )
    begun, phone = client.post("/v1/passkeys/options").json(), device()
    body = {"challenge": begun["challenge"], "credential": phone.create(begun["options"]), "name": f"{NAME}'s phone"}
    assert client.post("/v1/passkeys", json=body).status_code == 201
    assert client.post("/v1/member-codes", json={"contact": EMAIL}).status_code == 202
    assert client.post("/v1/member-sessions", json={"contact": EMAIL, "code": "000000"}).status_code == 401
    assert people.operator.get("/v1/events").status_code == 200
    return member


def test_nothing_is_left_of_a_person_who_was_erased(people: People) -> None:
    member = live(people)
    assert list(traces(people.town.database)) != []
    assert people.operator.post(f"/v1/members/{member}/erase").status_code == 204
    assert people.operator.get("/v1/events").status_code == 200
    assert list(traces(people.town.database)) == []


def test_a_row_of_somebody_who_was_erased_is_known_when_it_comes_again(people: People) -> None:
    parts = [{"points": 7, "release_on": "2020-01-01"}]
    rows = [{"ref": REF, "email": EMAIL, "name": NAME, "shop": "bakery", "parts": parts}]
    first = people.operator.post("/v1/member-imports", json={"rows": rows}).json()["data"][0]
    people.operator.post(f"/v1/members/{first['member']}/erase")
    again = people.operator.post("/v1/member-imports", json={"rows": rows}).json()["data"][0]
    assert (again["status"], again["member"]) == ("already", first["member"])
    assert list(traces(people.town.database)) == []


def test_the_reason_of_an_adjustment_is_part_of_its_request(people: People) -> None:
    body = {"shop": "bakery", "member": "ann", "points": 10, "reason": "one"}
    first = send(people.operator, "/v1/adjustments", "a1", **body)
    assert send(people.operator, "/v1/adjustments", "a1", **body)["id"] == first["id"]
    other = send(people.operator, "/v1/adjustments", "a1", **{**body, "reason": "another"})
    assert (other["code"], "`reason`" in other["detail"]) == ("key_reused", True)
    assert people.operator.get(f"/v1/adjustments/{first['id']}").json()["reason"] == "one"
