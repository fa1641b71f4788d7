"""Who is no second person: a sock of the first, somebody just made or changed, whoever was disabled; and no key."""

from fastapi.testclient import TestClient
from httpx2 import Response

from coalition.access.caller import Role
from coalition.adjustments.adjust_points import ALONE_POINTS_MAX
from tests.support.clock import DAY
from tests.support.people import Person, accept, by_two_people, invitation_in, person
from tests.support.town_api import ApiTown, send


def ask(client: TestClient, key: str = "k1") -> str:
    """The path of a request for an adjustment that takes two people."""
    body = {"shop": "bakery", "member": "ann", "points": ALONE_POINTS_MAX + 1, "reason": "sorry"}
    return f"/v1/approvals/{send(client, '/v1/adjustments', key, **body)['approval']}/approve"


def invited(town: ApiTown, by: TestClient, role: str, email: str) -> Person:
    """Somebody whom another person invited, and a third one approved."""
    body = {"email": email, "name": "N", "role": role}
    answer = by_two_people(town, lambda asker: asker.post("/v1/users", json=body), by)
    assert answer.status_code == 201, answer.text
    return accept(town, invitation_in(town))


def code(answer: Response) -> tuple[int, str | None]:
    """The status and the code of an answer."""
    return answer.status_code, answer.json().get("code")


def test_a_key_makes_no_people(town: ApiTown) -> None:
    key, owner = town.client(), person(town, Role.OWNER)
    answers = [
        key.post("/v1/users", json={"email": "sock@example.org", "name": "S", "role": "owner"}),
        key.patch(f"/v1/users/{owner.id}", json={"email": "thief@example.org"}),
        key.post(f"/v1/users/{owner.id}/invitations"),
    ]
    assert [answer.status_code for answer in answers] == [403] * 3


def test_who_was_invited_by_the_asker_does_not_approve_for_seven_days(town: ApiTown) -> None:
    maker = person(town, Role.OWNER)
    sock = invited(town, maker.log_in(), "owner", "sock@example.org")
    assert code(sock.log_in().post(ask(maker.log_in()))) == (403, "approver_tied")
    # Nor the other way round.
    assert code(maker.log_in().post(ask(sock.log_in(), "k2"))) == (403, "approver_tied")
    town.clock.forward(7 * DAY)
    assert sock.log_in().post(ask(maker.log_in(), "k3")).json()["status"] == "done"


def test_who_was_invited_by_anybody_waits_for_a_day(town: ApiTown) -> None:
    owner, asker = person(town, Role.OWNER), person(town, Role.SUPPORT)
    new = invited(town, owner.log_in(), "finance", "new@example.org")
    assert code(new.log_in().post(ask(asker.log_in()))) == (403, "approver_new")
    town.clock.forward(DAY)
    assert new.log_in().post(ask(asker.log_in())).json()["status"] == "done"


def test_an_owner_does_not_approve_as_another_one(town: ApiTown) -> None:
    thief, victim = person(town, Role.OWNER, email="thief@x.example"), person(town, Role.OWNER, email="v@x.example")
    path = ask(thief.log_in())
    client = thief.log_in()
    new = {"email": "thief2@x.example"}
    changed = by_two_people(town, lambda asker: asker.patch(f"/v1/users/{victim.id}", json=new), client)
    assert (changed.status_code, client.post(f"/v1/users/{victim.id}/invitations").status_code) == (200, 409)
    sent = by_two_people(town, lambda asker: asker.post(f"/v1/users/{victim.id}/invitations"), client)
    assert sent.status_code == 202
    taken = accept(town, invitation_in(town))
    assert (taken.id, taken.email) == (victim.id, "thief2@x.example")
    assert code(taken.log_in().post(path)) == (403, "approver_tied")


def test_a_request_of_somebody_disabled_is_not_approved(town: ApiTown) -> None:
    owner, finance, support = (person(town, role) for role in (Role.OWNER, Role.FINANCE, Role.SUPPORT))
    path = ask(support.log_in())
    assert owner.log_in().patch(f"/v1/users/{support.id}", json={"disabled": True}).status_code == 200
    assert code(finance.log_in().post(path)) == (409, "asker_disabled")


def test_whom_the_server_invited_are_two_people_at_once(town: ApiTown) -> None:
    ann, bert = (person(town, Role.OWNER, email=f"{name}@example.org") for name in ("ann", "bert"))
    assert bert.log_in().post(ask(ann.log_in())).json()["status"] == "done"
