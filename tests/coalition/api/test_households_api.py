"""Households over HTTP: each may spend the others' points, and each keeps their own."""

import pytest

from tests.support.wallets import People


@pytest.fixture
def three(people: People) -> list[str]:
    """Three members with 500, 100 and no points."""
    members = [people.enrol(email=f"{name}@example.com") for name in "abc"]
    people.buy(members[0], shop="bakery")
    people.buy(members[1], shop="cafe", amount_minor=2_000)
    return members


def test_a_purchase_takes_ones_own_points_first_then_the_others(people: People, three: list[str]) -> None:
    a, b, c = three
    people.share(a, b, c)
    assert people.wallet(c)["household_points"] == 600
    assert people.buy(b, amount_minor=250, points="all", shop="diner").json()["points_spent"] == 250
    assert [people.points(member) for member in three] == [350, 0, 0]
    assert people.buy(c, amount_minor=10_000, points=100, shop="diner").json()["points_spent"] == 100
    assert [people.points(member) for member in (a, b)] == [250, 0]


def test_who_leaves_takes_along_what_is_theirs(people: People, three: list[str]) -> None:
    a, b, c = three
    household = people.share(a, b, c)
    people.buy(c, amount_minor=200, points="all", shop="diner")
    assert people.app.delete(f"/v1/households/{household}/members/{a}").status_code == 204
    assert people.points(a) == 300
    assert people.wallet(c)["household_points"] == 100
    assert people.buy(c, amount_minor=200, points="all", shop="diner").json()["points_spent"] == 100
    assert people.app.delete(f"/v1/households/{household}/members/{a}").status_code == 404


def test_nobody_is_in_two_households(people: People, three: list[str]) -> None:
    a, b, _ = three
    people.share(a, b)
    again = people.app.post("/v1/households", json={"member": b})
    assert (again.status_code, again.json()["code"]) == (409, "already_in_household")


def test_only_who_is_invited_joins_and_only_while_it_is_open(people: People, three: list[str]) -> None:
    a, b, c = three
    household = people.share(a)
    body = {"invited_by": a, "member": b}
    sent, again = (people.app.post(f"/v1/households/{household}/invitations", json=body).json() for _ in range(2))
    assert sent["id"] == again["id"]
    assert people.app.post(f"/v1/members/{c}/invitations/{sent['id']}/accept").status_code == 404
    assert [invitation["id"] for invitation in people.app.get(f"/v1/members/{b}/invitations").json()["data"]] == [
        sent["id"]
    ]
    assert people.app.post(f"/v1/members/{b}/invitations/{sent['id']}/decline").json()["state"] == "declined"
    assert people.app.post(f"/v1/members/{b}/invitations/{sent['id']}/accept").status_code == 404
    late = people.app.post(f"/v1/households/{household}/invitations", json=body).json()["id"]
    people.town.clock.forward(8 * 24 * 3600 * 1_000_000)
    assert people.app.post(f"/v1/members/{b}/invitations/{late}/accept").status_code == 404


def test_whoever_leaves_has_invited_nobody_and_mates_are_not_invited(people: People, three: list[str]) -> None:
    a, b, c = three
    household = people.share(a, b)
    invitations = f"/v1/households/{household}/invitations"
    mate = people.app.post(invitations, json={"invited_by": a, "member": b})
    assert (mate.status_code, mate.json()["code"]) == (409, "already_in_household")
    sent = people.app.post(invitations, json={"invited_by": a, "member": c}).json()
    people.app.delete(f"/v1/households/{household}/members/{a}")
    assert people.app.get(f"/v1/members/{c}/invitations").json()["data"] == []
    assert people.app.post(f"/v1/members/{c}/invitations/{sent['id']}/accept").status_code == 404
    kept = people.app.post(invitations, json={"invited_by": b, "member": c}).json()
    assert people.app.post(f"/v1/members/{c}/invitations/{kept['id']}/accept").status_code == 200


def test_a_stranger_invites_nobody(people: People, three: list[str]) -> None:
    a, b, c = three
    household = people.share(a)
    body = {"invited_by": b, "member": c}
    assert people.app.post(f"/v1/households/{household}/invitations", json=body).status_code == 404


def test_a_frozen_members_points_are_no_ones(people: People, three: list[str]) -> None:
    a, b, c = three
    people.share(a, b, c)
    people.operator.post(f"/v1/members/{a}/freeze")
    assert people.wallet(c)["household_points"] == 100
    assert people.buy(c, amount_minor=10_000, points="all").json()["points_spent"] == 100


def test_a_household_has_room_for_eight(people: People) -> None:
    members = [people.enrol(email=f"m{number}@example.com") for number in range(9)]
    household = people.share(*members[:8])
    body = {"invited_by": members[0], "member": members[8]}
    full = people.app.post(f"/v1/households/{household}/invitations", json=body)
    assert (full.status_code, full.json()["code"]) == (409, "household_full")
    assert people.app.get(f"/v1/households/{household}").json()["members"] == members[:8]


def test_whoever_sent_an_invitation_withdraws_it_while_nobody_has_answered(people: People, three: list[str]) -> None:
    a, b, c = three
    household = people.share(a, c)
    sent = people.app.post(f"/v1/households/{household}/invitations", json={"invited_by": a, "member": b}).json()
    path = f"/v1/households/{household}/invitations"
    assert [each["id"] for each in people.app.get(path).json()["data"]] == [sent["id"]]
    for _ in range(2):
        withdrawn = people.app.post(f"{path}/{sent['id']}/withdraw")
        assert (withdrawn.status_code, withdrawn.json()["state"]) == (200, "withdrawn")
    assert people.app.get(path).json()["data"] == []
    assert people.app.post(f"/v1/members/{b}/invitations/{sent['id']}/accept").status_code == 404
    again = people.app.post(path, json={"invited_by": a, "member": b}).json()["id"]
    assert people.app.post(f"/v1/members/{b}/invitations/{again}/accept").status_code == 200
    assert people.app.post(f"{path}/{again}/withdraw").status_code == 404
    assert people.app.post(f"/v1/households/other/invitations/{again}/withdraw").status_code == 404


def test_nobody_waits_for_the_answer_of_somebody_who_was_erased(people: People, three: list[str]) -> None:
    a, b, _ = three
    household = people.share(a)
    path = f"/v1/households/{household}/invitations"
    people.app.post(path, json={"invited_by": a, "member": b})
    assert people.operator.post(f"/v1/members/{b}/erase").status_code == 204
    assert people.app.get(path).json()["data"] == []
