"""Who may approve is not for one person to decide, and nobody approves what can't be done."""

from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Role
from tests.support.people import Person, by_two_people, logged_in, person
from tests.support.town_api import ApiTown

Ask = Callable[[TestClient, Person], Response]
AWAITED = (409, "approval_awaited")


def change(**body: object) -> Ask:
    """Asks for a change of somebody."""
    return lambda client, user: client.patch(f"/v1/users/{user.id}", json=body)


def reset(client: TestClient, user: Person) -> Response:
    return client.post(f"/v1/users/{user.id}/invitations")


def code(answer: Response) -> tuple[int, str | None]:
    """The status and the code of an answer."""
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("role", ["owner", "finance"])
def test_nobody_makes_an_approver_alone(town: ApiTown, role: str) -> None:
    body = {"email": "Sock@example.org", "name": "S", "role": role}

    def ask(asker: TestClient) -> Response:
        return asker.post("/v1/users", json=body)

    owner = logged_in(town)
    assert code(ask(owner)) == AWAITED
    assert owner.get("/v1/users", params={"limit": 100}).text.count("sock@example.org") == 0
    assert by_two_people(town, ask, owner).json()["email"] == "sock@example.org"
    # What was approved once is done once.
    assert code(ask(owner)) == (409, "user_exists")
    assert code(owner.post("/v1/users", json={**body, "email": "other@example.org"})) == AWAITED


@pytest.mark.parametrize(
    ("role", "ask"),
    [
        (Role.SUPPORT, change(role="finance")),
        (Role.FINANCE, change(role="owner")),
        (Role.FINANCE, change(email="new@example.org")),
        (Role.OWNER, change(email="new@example.org")),
        (Role.OWNER, reset),
        (Role.FINANCE, reset),
    ],
)
def test_nobody_gives_the_right_to_approve_or_the_account_of_an_approver_alone(
    town: ApiTown, role: Role, ask: Ask
) -> None:
    somebody, owner = person(town, role, email="old@example.org"), logged_in(town)
    before = owner.get(f"/v1/users/{somebody.id}").json()
    assert code(ask(owner, somebody)) == AWAITED
    assert owner.get(f"/v1/users/{somebody.id}").json() == before
    somebody.log_in()
    assert by_two_people(town, lambda asker: ask(asker, somebody), owner).status_code in (200, 202)
    assert owner.get(f"/v1/users/{somebody.id}").json() != before


@pytest.mark.parametrize(
    ("role", "ask"),
    [
        (Role.FINANCE, change(role="support")),
        (Role.FINANCE, change(disabled=True)),
        (Role.FINANCE, change(name="New")),
        (Role.SUPPORT, change(email="new@example.org")),
        (Role.SUPPORT, reset),
    ],
)
def test_one_person_takes_the_right_away_and_changes_others(town: ApiTown, role: Role, ask: Ask) -> None:
    assert ask(logged_in(town), person(town, role)).status_code in (200, 202)


def test_an_approver_is_enabled_again_by_two_people(town: ApiTown) -> None:
    treasurer, owner = person(town, Role.FINANCE), logged_in(town)
    assert change(disabled=True)(owner, treasurer).status_code == 200
    assert code(change(disabled=False)(owner, treasurer)) == AWAITED
    got = by_two_people(town, lambda asker: change(disabled=False)(asker, treasurer), owner)
    assert got.json()["status"] == "active"


def test_what_cannot_be_done_is_not_asked_for(town: ApiTown) -> None:
    person(town, Role.SUPPORT, email="taken@example.org")
    owner, manager = logged_in(town), logged_in(town, Role.MANAGER)
    body = {"email": "taken@example.org", "name": "T", "role": "owner"}
    assert code(owner.post("/v1/users", json=body)) == (409, "user_exists")
    assert code(manager.post("/v1/users", json={**body, "email": "new@example.org"})) == (403, "forbidden")
    assert owner.get("/v1/approvals").json()["data"] == []


def test_an_invitation_that_nobody_accepted_is_sent_again_by_one(town: ApiTown) -> None:
    body = {"email": "new@example.org", "name": "N", "role": "finance"}
    owner = logged_in(town)
    new = by_two_people(town, lambda asker: asker.post("/v1/users", json=body), owner).json()["id"]
    assert owner.post(f"/v1/users/{new}/invitations").status_code == 202
