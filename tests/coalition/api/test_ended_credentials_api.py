"""What let a person in ends with the person: every kind of credential, whatever ended it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Integer, func, insert, select

from coalition.access.caller import Role
from coalition.access.end_credentials import KEPT, CredentialKind, Ending, credential_kinds
from coalition.access.invite import invite
from coalition.access.log_in import change_password
from coalition.access.user_store import find_user
from coalition.schema import metadata
from tests.support.clock import DAY, MINUTE
from tests.support.passkeys import add_passkey, device, log_in_with
from tests.support.people import PASSWORD, accept, by_two_people, invitation_in, logged_in, person, stranger
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown
from tests.support.wallets import People

PHONE, OTHER_PHONE = "+4915112345678", "+4915112345679"
OWNER_COLUMNS = {"subject", "user_id", "member"}
NO_CREDENTIALS = {"imported_rows": "a fingerprint of what was imported, which opens nothing"}
SAMPLES: Mapping[str, object] = {"state": "asked", "tries_left": 5}
"""Values of columns that a constraint binds; others get any value of their type."""


# -- every kind of credential, and whatever ends it ------------------------------------------------------------


def merge(people: People, member: str) -> int:
    kept = people.enrol(phone=OTHER_PHONE)
    return people.operator.post(f"/v1/members/{member}/merge", json={"into": kept}).status_code


def change_contact(people: People, member: str) -> int:
    headers = {"If-Match": people.app.get(f"/v1/members/{member}").headers["ETag"]}
    return people.app.patch(f"/v1/members/{member}", json={"phone": OTHER_PHONE}, headers=headers).status_code


def new_password(people: People, user: str) -> int:
    town = people.town
    with town.database.engine.begin() as connection:
        record = find_user(connection, town.alliance.id, user)
        assert record is not None
        change_password(connection, record, PASSWORD, "another battery, another staple")
    return 200


Operation = Callable[[People, str], int]
OF_MEMBERS: Mapping[Ending, Operation] = {
    Ending.MERGE: merge,
    Ending.ERASE: lambda people, member: people.operator.post(f"/v1/members/{member}/erase").status_code,
    Ending.FREEZE: lambda people, member: people.operator.post(f"/v1/members/{member}/freeze").status_code,
    Ending.ADDRESS: change_contact,
}
OF_USERS: Mapping[Ending, Operation] = {
    Ending.DISABLE: lambda people, user: (
        logged_in(people.town).patch(f"/v1/users/{user}", json={"disabled": True}).status_code
    ),
    Ending.RESET: lambda people, user: logged_in(people.town).post(f"/v1/users/{user}/invitations").status_code,
    Ending.ADDRESS: lambda people, user: (
        logged_in(people.town).patch(f"/v1/users/{user}", json={"email": "new@x.example"}).status_code
    ),
    Ending.PASSWORD: new_password,
}


def test_each_ending_is_tried() -> None:
    assert OF_MEMBERS.keys() | OF_USERS.keys() == set(Ending)


def test_each_table_with_secrets_of_people_is_a_kind_of_credential() -> None:
    secret = {
        table.name
        for table in metadata.tables.values()
        if OWNER_COLUMNS & set(table.c.keys())
        if any(column.type.python_type is bytes or column.name == "nonce" for column in table.c)
    }
    kinds = {kind.owner.table.name for kind in credential_kinds()}
    assert kinds == secret - NO_CREDENTIALS.keys()


def sample(name: str, type_: object) -> object:
    """Any value for a column of this type."""
    if name in SAMPLES:
        return SAMPLES[name]
    if type_.python_type is bytes:
        return b"\x07"
    return "x" if type_.python_type is str else 1 if isinstance(type_, Integer) else False


def plant(people: People, kind: CredentialKind, subject: str) -> None:
    """A credential of this kind."""
    table = kind.owner.table
    values: dict[str, Any] = {column.name: sample(column.name, column.type) for column in table.c}
    values |= {name: None for name in ("used_at", "revoked_at") if name in values}
    values |= {"alliance_id": people.town.alliance.id}
    values |= {kind.owner.name: subject if kind.names == "subject" else subject.partition(":")[2]}
    with people.town.database.engine.begin() as connection:
        connection.execute(insert(table).values(values))


def planted(people: People, kind: CredentialKind) -> int:
    """How many of those that were planted are there."""
    table = kind.owner.table
    binary = next((column for column in table.c if column.type.python_type is bytes), None)
    own = table.c.nonce == "x" if binary is None else binary == b"\x07"
    with people.town.database.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(table).where(own)).scalar_one()


CASES = [
    pytest.param(kind, ending, operation, of, id=f"{kind.name}-{ending}-of-{of}")
    for of, operations in (("member", OF_MEMBERS), ("user", OF_USERS))
    for ending, operation in operations.items()
    for kind in credential_kinds()
    if kind.names in ("subject", of)
]


@pytest.mark.parametrize(("kind", "ending", "operation", "of"), CASES)
def test_every_kind_of_credential_ends(
    people: People, kind: CredentialKind, ending: Ending, operation: Operation, of: str
) -> None:
    id_ = people.enrol(phone=PHONE) if of == "member" else person(people.town, Role.CASHIER, "bakery").id
    plant(people, kind, f"{of}:{id_}")
    assert planted(people, kind) == 1
    assert operation(people, id_) in (200, 202, 204)
    assert planted(people, kind) == (kind.name in KEPT.get(ending, ()))


# -- as it was seen -------------------------------------------------------------------------------------------


def member_client(people: People, member: str) -> TestClient:
    """A member who is logged in."""
    town = people.town
    token = Tokens(town.database, town.alliance.id, town.clock()).new(Role.MEMBER, member=member)
    client = stranger(town)
    client.headers.update(bearing(token))
    return client


def test_a_merged_members_session_and_passkey_open_nothing_of_the_other_member(people: People) -> None:
    double, ann = people.enrol(phone=PHONE), people.enrol(phone=OTHER_PHONE)
    client, phone = member_client(people, double), device()
    assert add_passkey(client, phone).status_code == 201
    assert people.operator.post(f"/v1/members/{double}/merge", json={"into": ann}).status_code == 200
    answers = [
        client.get(f"/v1/members/{double}"),
        client.get(f"/v1/members/{double}/export"),
        client.get(f"/v1/wallets/{double}"),
        client.post(f"/v1/members/{double}/short-codes"),
        log_in_with(people.town, phone),
    ]
    assert [answer.status_code for answer in answers] == [401] * 5


@pytest.mark.parametrize("ending", OF_MEMBERS)
def test_a_pay_code_ends_too(people: People, ending: Ending) -> None:
    ann = people.enrol(phone=PHONE)
    people.buy(ann)
    code = people.code(ann)
    people.town.clock.forward(1)
    OF_MEMBERS[ending](people, ann)
    if ending is Ending.FREEZE:
        people.operator.post(f"/v1/members/{ann}/unfreeze")
    got = people.buy(pay_code=code, amount_minor=100, points="all")
    assert got.json()["code"] == "pay_code_invalid"


def test_an_erased_members_passkey_logs_nobody_in(people: People) -> None:
    ann, phone = people.enrol(phone=PHONE), device()
    assert add_passkey(member_client(people, ann), phone).status_code == 201
    assert log_in_with(people.town, phone).status_code == 201
    assert people.operator.post(f"/v1/members/{ann}/erase").status_code == 204
    assert log_in_with(people.town, phone).status_code == 401


def test_a_session_that_proved_itself_long_ago_erases_nobody_and_who_is_erased_hears_of_it(people: People) -> None:
    ann = people.enrol(phone=PHONE, email="ann-erased@example.com")
    own = member_client(people, ann)
    people.town.clock.forward(6 * MINUTE)
    assert own.post(f"/v1/members/{ann}/erase").json()["code"] == "proof_needed"
    assert people.app.get(f"/v1/members/{ann}").status_code == 200
    people.town.messages.sent.clear()
    assert member_client(people, ann).post(f"/v1/members/{ann}/erase").status_code == 204
    assert [(to, "is deleted" in text) for to, text in people.town.messages.sent] == [
        ("ann-erased@example.com", True),
        (PHONE, True),
    ]


def test_a_frozen_member_does_not_erase_what_is_looked_into(people: People) -> None:
    ann = people.enrol(phone=PHONE)
    before = member_client(people, ann)
    people.operator.post(f"/v1/members/{ann}/freeze")
    assert before.post(f"/v1/members/{ann}/erase").status_code == 401
    for own in (member_client(people, ann), people.app):
        assert own.get(f"/v1/members/{ann}").json()["state"] == "frozen"
        assert own.post(f"/v1/members/{ann}/erase").json()["code"] == "member_frozen"
    assert people.operator.post(f"/v1/members/{ann}/erase").status_code == 204


def test_a_thief_is_out_when_an_owner_is_reset(town: ApiTown) -> None:
    owner, phone = person(town, Role.OWNER), device()
    session = owner.log_in()
    assert add_passkey(session, phone).status_code == 201
    reset = by_two_people(town, lambda other: other.post(f"/v1/users/{owner.id}/invitations"))
    assert reset.status_code == 202
    invitation = invitation_in(town)
    assert session.get("/v1/session").status_code == 401
    assert log_in_with(town, phone).status_code == 401
    assert owner.try_to_log_in(stranger(town)).status_code == 401
    accept(town, invitation).log_in()


@pytest.mark.parametrize("change", ["address", "password"])
def test_an_invitation_ends_with_a_new_address_or_password(town: ApiTown, change: str) -> None:
    cashier = person(town, Role.CASHIER, "bakery")
    if change == "address":
        logged_in(town).post(f"/v1/users/{cashier.id}/invitations")
        got = logged_in(town).patch(f"/v1/users/{cashier.id}", json={"email": "right@x.example"})
    else:
        client = cashier.log_in()
        with town.database.engine.begin() as connection:
            user = find_user(connection, town.alliance.id, cashier.id)
            assert user is not None
            town.messages.send(cashier.email, "", f"#{invite(connection, user, town.clock())}")
        body = {"old_password": PASSWORD, "new_password": "another battery, another staple"}
        got = client.put("/v1/session/password", json=body)
    assert got.status_code in (200, 204)
    assert stranger(town).post("/v1/invitations/look", json={"token": invitation_in(town)}).status_code == 404


def test_a_session_lasts_no_longer_than_the_member_who_logs_in_meanwhile(people: People) -> None:
    ann = people.enrol(phone=PHONE)
    client = stranger(people.town)
    assert client.post("/v1/member-codes", json={"contact": PHONE}).status_code == 202
    digits = re.search(r"\d{6}", people.town.messages.sent[-1][1])
    assert digits is not None
    people.town.clock.forward(DAY // 1_000)
    people.operator.post(f"/v1/members/{ann}/erase")
    body = {"contact": PHONE, "code": digits[0]}
    assert client.post("/v1/member-sessions", json=body).status_code == 401
