"""Pay codes over HTTP: a minute long, for one purchase, with the member's word above a threshold."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.support.clock import SECOND
from tests.support.wallets import People

TILLS = 64


@pytest.fixture
def ann(people: People) -> str:
    """A member with 500 points."""
    member = people.enrol(phone="+4915123456789")
    people.buy(member)
    return member


def test_a_code_pays_in_its_members_points(people: People, ann: str) -> None:
    answer = people.buy(pay_code=people.code(ann), amount_minor=300, points="all", shop="cafe")
    assert (answer.status_code, answer.json()["points_spent"], answer.json()["member"]) == (201, 300, ann)


def test_a_code_is_good_for_one_purchase(people: People, ann: str) -> None:
    code = people.code(ann)
    first = people.buy(pay_code=code, amount_minor=300, points="all", key="a")
    second = people.buy(pay_code=code, amount_minor=300, points="all", key="b")
    elsewhere = people.buy(pay_code=code, amount_minor=300, points="all", shop="cafe")
    assert [first.status_code, second.status_code, elsewhere.status_code] == [201, 409, 409]
    assert second.json()["code"] == elsewhere.json()["code"] == "pay_code_used"
    assert people.points(ann) == 200


def test_a_retry_of_what_was_booked_is_answered_after_the_code_is_over(people: People, ann: str) -> None:
    code = people.code(ann)
    first = people.buy(pay_code=code, amount_minor=300, points="all", key="a")
    people.town.clock.forward(61 * SECOND)
    again = people.buy(pay_code=code, amount_minor=300, points="all", key="a")
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert again.headers["Idempotent-Replayed"] == "true"


def test_after_a_minute_a_code_is_over(people: People, ann: str) -> None:
    code = people.code(ann)
    people.town.clock.forward(60 * SECOND)
    answer = people.buy(pay_code=code, amount_minor=300)
    assert (answer.status_code, answer.json()["code"]) == (409, "pay_code_over")


def test_a_refused_purchase_leaves_the_code_good(people: People, ann: str) -> None:
    code = people.code(ann)
    refused = people.buy(pay_code=code, amount_minor=300, occurred_at="2024-05-15T11:00:00Z")
    assert (refused.status_code, refused.json()["code"]) == (422, "occurs_in_future")
    assert people.buy(pay_code=code, amount_minor=300).status_code == 201


def test_what_no_phone_made_is_no_code(people: People, ann: str) -> None:
    code = people.code(ann)
    for wrong in (code[:-1] + str((int(code[-1]) + 1) % 10), "28" + code[2:], code[:-1], "0"):
        answer = people.buy(pay_code=wrong, amount_minor=300)
        assert (answer.status_code, answer.json()["code"]) == (422, "pay_code_invalid")
    assert people.buy(pay_code="pay_x", amount_minor=300).json()["fields"][0]["field"] == "pay_code"


@pytest.mark.parametrize("buyer", [{}, {"member": "ann", "pay_code": "291"}])
def test_a_purchase_names_a_member_or_a_code(people: People, buyer: dict[str, str]) -> None:
    assert people.buy(amount_minor=300, **buyer).status_code == 422


def test_of_64_tills_with_one_code_one_gets_it(people: People, ann: str) -> None:
    code = people.code(ann)
    people.buy(ann, shop="cafe", amount_minor=1, key="warm")
    with ThreadPoolExecutor(TILLS) as tills:
        answers = list(
            tills.map(
                lambda n: (
                    people.buy(pay_code=code, amount_minor=10, points="all", shop="cafe", key=f"t{n}").status_code
                ),
                range(TILLS),
            )
        )
    assert sorted(answers) == [201] + [409] * (TILLS - 1)
    assert people.points(ann) == 490


def test_above_the_threshold_the_member_confirms_first(people: People, ann: str) -> None:
    code = people.code(ann)
    sale = {"pay_code": code, "amount_minor": 10_001, "points": "all", "key": "k"}
    asked = people.buy(**sale)
    assert (asked.status_code, asked.json()["code"]) == (409, "confirmation_needed")
    (question,) = people.app.get(f"/v1/members/{ann}/confirmations").json()["data"]
    assert (question["shop"], question["amount_minor"], question["state"]) == ("bakery", 10_001, "asked")
    people.town.clock.forward(70 * SECOND)
    assert people.buy(**sale).status_code == 409
    confirmed = people.app.post(f"/v1/members/{ann}/confirmations/{question['id']}/confirm")
    assert (confirmed.status_code, confirmed.json()["state"]) == (200, "confirmed")
    assert people.app.get(f"/v1/members/{ann}/confirmations").json()["data"] == []
    other = people.buy(**{**sale, "amount_minor": 10_002, "key": "l"})
    assert (other.status_code, other.json()["code"]) == (409, "pay_code_used")
    assert people.buy(**sale).json()["points_spent"] == 500
    assert people.buy(**sale).headers["Idempotent-Replayed"] == "true"


def test_what_the_member_declines_is_not_booked(people: People, ann: str) -> None:
    sale = {"pay_code": people.code(ann), "amount_minor": 20_000, "points": 10, "key": "k"}
    people.buy(**sale)
    (question,) = people.app.get(f"/v1/members/{ann}/confirmations").json()["data"]
    path = f"/v1/members/{ann}/confirmations/{question['id']}"
    assert people.app.post(f"{path}/decline").json()["state"] == "declined"
    assert people.app.post(f"{path}/confirm").status_code == 404
    assert people.buy(**sale).json()["code"] == "confirmation_declined"


def test_another_member_confirms_nothing(people: People, ann: str) -> None:
    ben = people.enrol(email="ben@example.com")
    people.buy(pay_code=people.code(ann), amount_minor=20_000, points=10)
    (question,) = people.app.get(f"/v1/members/{ann}/confirmations").json()["data"]
    assert people.app.post(f"/v1/members/{ben}/confirmations/{question['id']}/confirm").status_code == 404


def test_who_only_earns_confirms_nothing(people: People, ann: str) -> None:
    assert people.buy(pay_code=people.code(ann), amount_minor=20_000).status_code == 201
