"""Many at once: one member a contact, one gift a key, and nothing lost where purchases meet a merge."""

from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from coalition.gifts.sweep_gifts import sweep_gifts
from coalition.members.merge_member import forward_all
from tests.support.clock import DAY
from tests.support.wallets import People

CALLERS = 16


def test_of_many_who_enrol_one_contact_one_is_new(people: People) -> None:
    with ThreadPoolExecutor(CALLERS) as callers:
        body = {"phone": "+4915123456789", "email": "ann@example.com"}
        answers = list(callers.map(lambda _: people.app.post("/v1/members", json=body), range(CALLERS)))
    assert sorted(answer.status_code for answer in answers) == [200] * (CALLERS - 1) + [201]
    assert len({answer.json()["id"] for answer in answers}) == 1


def test_one_row_that_is_imported_many_times_at_once_is_one(people: People) -> None:
    row = {"ref": "r", "email": "a@example.com", "shop": "cafe", "parts": [{"points": 5, "release_on": "2024-01-01"}]}
    with ThreadPoolExecutor(4) as callers:
        answers = list(
            callers.map(lambda _: people.operator.post("/v1/member-imports", json={"rows": [row]}), range(4))
        )
    (member,) = {answer.json()["data"][0]["member"] for answer in answers}
    assert people.points(member) == 5


def test_rows_that_are_imported_in_any_order_while_their_members_enrol_happen_once(people: People) -> None:
    contacts = [f"m{number}@example.com" for number in range(60)]
    part = {"shop": "cafe", "parts": [{"points": 5, "release_on": "2024-01-01"}]}
    rows = [{"ref": email, "email": email, **part} for email in contacts]
    orders = [Random(seed).sample(rows, len(rows)) for seed in range(4)]
    with ThreadPoolExecutor(8) as callers:
        imports = [callers.submit(people.operator.post, "/v1/member-imports", json={"rows": order}) for order in orders]
        enrolled = list(callers.map(lambda email: people.app.post("/v1/members", json={"email": email}), contacts))
    assert [done.result().json()["imported"] for done in imports] == [len(rows)] * len(orders)
    members = {row["ref"]: row["member"] for done in imports for row in done.result().json()["data"]}
    assert [answer.json()["id"] for answer in enrolled] == [members[row["ref"]] for row in rows]
    assert {people.points(member) for member in members.values()} == {5}


def test_one_gift_sent_many_times_at_once_is_one(people: People) -> None:
    ann, ben = (people.enrol(email=f"{name}@example.com") for name in ("ann", "ben"))
    people.buy(ann)
    for to in ({"to": ben}, {"email": "new@example.com"}):
        with ThreadPoolExecutor(CALLERS) as callers:
            answers = list(callers.map(lambda _, to=to: people.give(ann, 10, key=str(to), **to), range(CALLERS)))
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
    assert (people.points(ann), people.points(ben)) == (480, 10)


def test_a_gift_arrives_or_goes_back_never_both(people: People) -> None:
    ann = people.enrol(email="ann@example.com")
    people.buy(ann)
    contacts = [f"m{number}@example.com" for number in range(8)]
    for contact in contacts:
        people.give(ann, 10, email=contact)
    people.town.clock.forward(15 * DAY)
    with ThreadPoolExecutor(4) as callers:
        sweeps = [callers.submit(sweep_gifts, people.town.alliance) for _ in range(2)]
        enrolled = list(callers.map(lambda contact: people.enrol(email=contact), contacts))
        for sweep in sweeps:
            sweep.result()
    assert people.points(ann) + sum(people.points(member) for member in enrolled) == 500


@pytest.mark.parametrize("spends", [0, "all"])
def test_purchases_that_meet_a_merge_lose_nothing(people: People, spends: object) -> None:
    ann, double = (people.enrol(email=f"{name}@example.com") for name in ("ann", "double"))
    people.buy(ann)
    with ThreadPoolExecutor(CALLERS) as callers:
        sales = [callers.submit(people.buy, double, 2_000, points=spends) for _ in range(CALLERS)]
        merges = [
            callers.submit(people.operator.post, f"/v1/members/{double}/merge", json={"into": ann}) for _ in range(3)
        ]
        answers = [sale.result().json() for sale in sales]
        assert {merge.result().status_code for merge in merges} == {200}
    forward_all(people.town.alliance)
    earned = sum(answer["points_earned"] for answer in answers)
    spent = sum(answer["points_spent"] for answer in answers)
    assert people.points(ann) == 500 + earned - spent
    assert forward_all(people.town.alliance) == 0


def test_two_merges_of_each_into_the_other_leave_one(people: People) -> None:
    ann, double = (people.enrol(email=f"{name}@example.com") for name in ("ann", "double"))
    people.buy(ann)
    people.buy(double)
    with ThreadPoolExecutor(2) as callers:
        pairs = ((ann, double), (double, ann))
        answers = list(
            callers.map(
                lambda pair: people.operator.post(f"/v1/members/{pair[0]}/merge", json={"into": pair[1]}), pairs
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    assert people.wallet(ann)["member"] == people.wallet(double)["member"]
    assert people.points(ann) == 1_000


def test_a_full_household_takes_no_ninth_however_many_join_at_once(people: People) -> None:
    members = [people.enrol(email=f"m{number}@example.com") for number in range(12)]
    household = people.share(*members[:6])
    sent = []
    for guest in members[6:]:
        body = {"invited_by": members[0], "member": guest}
        sent.append((guest, people.app.post(f"/v1/households/{household}/invitations", json=body).json()["id"]))
    with ThreadPoolExecutor(6) as callers:
        answers = list(
            callers.map(
                lambda invitation: people.app.post(f"/v1/members/{invitation[0]}/invitations/{invitation[1]}/accept"),
                sent,
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200] * 2 + [409] * 4
    assert len(people.app.get(f"/v1/households/{household}").json()["members"]) == 8
