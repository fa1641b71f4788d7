"""Phones that make pay codes: right by the clock, once, and as long as they are their member's; guesses stop a till."""

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text, update

from coalition.client import make_pay_code
from coalition.paycodes.code import STEP_SECONDS, proven_step, step_of
from coalition.paycodes.devices import DEVICES_MAX
from coalition.paycodes.guesses import GUESSES, STOPPED_SECONDS
from coalition.paycodes.short_code import ShortCodesExhausted, create_short_code
from coalition.paycodes.tables import short_codes
from tests.coalition.api.test_ended_credentials_api import member_client
from tests.support.clock import HOUR, MINUTE, SECOND
from tests.support.effort import EFFORT
from tests.support.wallets import People, Phone

GUESSES_MADE = 2_000 * EFFORT
"""Of the nine digits that prove a phone; TEST_EFFORT=50 makes a hundred thousand of them."""


@pytest.fixture
def phone(people: People) -> Phone:
    """The phone of a member with 500 points."""
    ann = people.enrol(phone="+4915123456789")
    people.buy(ann)
    return people.phone(ann)


def pay(people: People, code: str, **fields: object) -> tuple[int, str | None]:
    answer = people.buy(pay_code=code, **{"amount_minor": 10, "points": "all", **fields})
    return answer.status_code, answer.json().get("code")


@pytest.mark.parametrize("seconds", [-25, 0, 25])
def test_a_clock_may_be_25_seconds_off(people: People, phone: Phone, seconds: int) -> None:
    for _ in range(6):
        assert pay(people, phone.code(seconds)) == (201, None)
        people.town.clock.forward(35 * SECOND)


@pytest.mark.parametrize("seconds", [-90, 90, -600, 600])
def test_a_code_of_another_time_is_refused_in_plain_words(people: People, phone: Phone, seconds: int) -> None:
    answer = people.buy(pay_code=phone.code(seconds), amount_minor=10, points="all")
    assert (answer.status_code, answer.json()["code"]) == (409, "pay_code_over")
    assert "clock is wrong" in answer.json()["detail"]


def test_each_step_has_one_purchase(people: People, phone: Phone) -> None:
    first, second = phone.code(), phone.code(30)
    assert [pay(people, code)[0] for code in (first, second, first, second)] == [201, 201, 409, 409]


def test_at_two_tills_at_once_a_code_pays_once(people: People, phone: Phone) -> None:
    for _ in range(10):
        with ThreadPoolExecutor(2) as tills:
            answers = list(tills.map(lambda shop: pay(people, phone.code(), shop=shop), ("bakery", "cafe")))
        assert sorted(answers) == [(201, None), (409, "pay_code_used")]
        people.town.clock.forward(30 * SECOND)


def test_a_phone_that_was_ended_pays_no_more(people: People, phone: Phone) -> None:
    other = people.phone(phone.member)
    assert pay(people, phone.code()) == (201, None)
    assert people.app.delete(f"/v1/members/{phone.member}/pay-devices/{phone.id}").status_code == 204
    assert pay(people, phone.code(30)) == (422, "pay_code_invalid")
    assert pay(people, other.code()) == (201, None)
    listed = people.app.get(f"/v1/members/{phone.member}/pay-devices").json()["data"]
    assert [each["id"] for each in listed] == [other.id]
    assert people.app.delete(f"/v1/members/{phone.member}/pay-devices/{phone.id}").status_code == 404


def test_what_was_booked_is_answered_again_after_the_phone_has_ended(people: People, phone: Phone) -> None:
    sale = {"pay_code": phone.code(), "amount_minor": 10, "points": "all", "key": "k"}
    first = people.buy(**sale)
    people.app.delete(f"/v1/members/{phone.member}/pay-devices/{phone.id}")
    people.town.clock.forward(HOUR)
    again = people.buy(**sale)
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])


def test_one_phone_too_many_ends_the_oldest(people: People, phone: Phone) -> None:
    assert pay(people, phone.code()) == (201, None)
    people.town.clock.forward(1)
    others = [people.phone(phone.member) for _ in range(DEVICES_MAX)]
    assert pay(people, phone.code(30)) == (422, "pay_code_invalid")
    assert pay(people, others[0].code()) == (201, None)


def test_a_phone_of_an_old_session_takes_a_fresh_proof(people: People, phone: Phone) -> None:
    client, path = member_client(people, phone.member), f"/v1/members/{phone.member}/pay-devices"
    assert client.post(path, json={"name": "mine"}).status_code == 201
    people.town.clock.forward(6 * MINUTE)
    assert client.post(path, json={"name": "mine"}).json()["code"] == "proof_needed"


# -- offline --------------------------------------------------------------------------------------------------


def test_an_offline_sale_earns_with_the_code_of_then(people: People, phone: Phone) -> None:
    code, at = phone.code(), people.town.clock()
    people.town.clock.forward(10 * HOUR)
    sale = {"occurred_at": "2024-05-15T10:00:00Z", "points": 0, "amount_minor": 1_000}
    assert pay(people, code, **sale) == (201, None)
    assert people.town.clock() - at == 10 * HOUR
    assert pay(people, phone.code(), **sale) == (422, "pay_code_invalid")
    assert pay(people, code, **{**sale, "key": "again"}) == (409, "pay_code_used")


def test_an_offline_code_spends_nothing_and_is_at_most_three_days_old(people: People, phone: Phone) -> None:
    spending, late = phone.code(), phone.code(30)
    people.town.clock.forward(5 * MINUTE)
    assert pay(people, spending, occurred_at="2024-05-15T10:00:00Z") == (409, "pay_code_over")
    people.town.clock.forward(73 * HOUR)
    assert pay(people, late, occurred_at="2024-05-15T10:00:00Z", points=0) == (409, "pay_code_over")


# -- guesses --------------------------------------------------------------------------------------------------


def test_a_till_that_guesses_is_stopped_after_five(people: People, phone: Phone) -> None:
    wrong = f"{phone.code()[:11]}{(int(phone.code()[11:]) + 1) % 10**9:09d}"
    answers = [pay(people, wrong) for _ in range(GUESSES.quota)]
    assert answers == [(422, "pay_code_invalid")] * GUESSES.quota
    stopped = people.buy(pay_code=phone.code(), amount_minor=10, points="all")
    assert (stopped.status_code, stopped.json()["code"]) == (429, "pay_codes_stopped")
    assert int(stopped.headers["Retry-After"]) == STOPPED_SECONDS
    # Other tills go on, and so do this one's sales without a code.
    assert pay(people, phone.code(), shop="cafe") == (201, None)
    assert people.buy(phone.member, amount_minor=10).status_code == 201
    people.town.clock.forward(STOPPED_SECONDS * SECOND)
    assert pay(people, phone.code()) == (201, None)


def test_the_barcode_of_a_product_is_no_guess(people: People, phone: Phone) -> None:
    assert {pay(people, "4006381333931") for _ in range(2 * GUESSES.quota)} == {(422, "pay_code_invalid")}
    assert pay(people, phone.code()) == (201, None)


def test_of_many_guesses_none_is_right() -> None:
    key, at, draw = b"a phone's key", step_of(1_700_000_000_000_000), random.Random(7)
    right = {make_pay_code(key.hex(), "000000001", step * STEP_SECONDS)[11:] for step in range(at - 20, at + 21)}
    guesses = (f"{draw.randrange(10**9):09d}" for _ in range(GUESSES_MADE))
    assert all(proven_step(key, guess, at) is None for guess in guesses if guess not in right)


def test_of_two_hundred_guesses_at_a_till_five_are_looked_at(people: People, phone: Phone) -> None:
    till = people.town.till("cafe")
    draw = random.Random(11)
    numbers = [phone.number if draw.random() < 0.5 else f"{draw.randrange(10**9):09d}" for _ in range(200)]
    answers = [
        till.post(
            "/v1/purchases/quote",
            json={"shop": "cafe", "pay_code": f"29{number}{draw.randrange(10**9):09d}", "amount_minor": 5},
        ).status_code
        for number in numbers
    ]
    assert answers == [422] * GUESSES.quota + [429] * (len(numbers) - GUESSES.quota)


# -- six digits -----------------------------------------------------------------------------------------------


def short_code(people: People, member: str) -> str:
    answer = people.app.post(f"/v1/members/{member}/short-codes")
    assert answer.status_code == 201, answer.text
    return answer.json()["code"]


def test_six_digits_pay_once_within_a_minute(people: People, phone: Phone) -> None:
    code = short_code(people, phone.member)
    assert pay(people, code, key="k") == (201, None)
    assert pay(people, code, key="k") == (201, None)
    assert pay(people, code) == (409, "pay_code_used")
    late = short_code(people, phone.member)
    assert pay(people, code) == (409, "pay_code_over"), "another one took its place"
    people.town.clock.forward(60 * SECOND)
    assert pay(people, late) == (409, "pay_code_over")


ALL_DIGITS = text(
    "INSERT INTO short_codes (alliance_id, code, nonce, member, over_at) "
    "WITH RECURSIVE every(number) AS (SELECT 0 UNION ALL SELECT number + 1 FROM every WHERE number < 999999) "
    "SELECT :alliance_id, substr(CAST(1000000 + number AS TEXT), 2), 'x', 'nobody', :over_at FROM every "
    "WHERE true ON CONFLICT DO NOTHING"
)


def test_digits_that_are_long_over_are_drawn_again(people: People, phone: Phone) -> None:
    town = people.town
    with town.database.engine.begin() as connection:
        connection.execute(ALL_DIGITS, {"alliance_id": town.alliance.id, "over_at": town.clock() - 2 * 3600 * SECOND})
    code = short_code(people, phone.member)
    assert pay(people, code) == (201, None)
    with town.database.engine.begin() as connection:
        connection.execute(update(short_codes).values(over_at=town.clock()))
    with pytest.raises(ShortCodesExhausted):
        create_short_code(town.alliance, phone.member)


# -- the other way round --------------------------------------------------------------------------------------

SALE = {"shop": "cafe", "amount_minor": 300, "points": "all"}


def asked_of_anybody(people: People) -> dict[str, str]:
    answer = people.town.till("cafe").post("/v1/confirmations", json={"shop": "cafe", "amount_minor": 300})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_a_member_opens_what_the_till_shows_and_says_yes(people: People, phone: Phone) -> None:
    asked = asked_of_anybody(people)
    assert asked["link"].endswith(f"/wallet/pay/{asked['code']}")
    waiting = people.buy(confirmation=asked["id"], key="k", **SALE)
    assert (waiting.status_code, waiting.json()["code"]) == (409, "confirmation_needed")
    typed = f"{asked['code'][:4].lower()}-{asked['code'][4:]}"
    opened = people.app.post(f"/v1/members/{phone.member}/confirmations", json={"code": typed}).json()
    assert (opened["shop"], opened["amount_minor"], opened["state"]) == ("cafe", 300, "asked")
    path = f"/v1/members/{phone.member}/confirmations/{opened['id']}"
    assert people.app.post(f"{path}/confirm").status_code == 200
    paid = people.buy(confirmation=asked["id"], key="k", **SALE)
    assert (paid.status_code, paid.json()["points_spent"]) == (201, 300)
    assert people.buy(confirmation=asked["id"], **SALE).json()["code"] == "pay_code_used"


def test_who_opens_it_first_is_asked(people: People, phone: Phone) -> None:
    ben = people.enrol(email="ben@example.com")
    asked = asked_of_anybody(people)
    body = {"code": asked["code"]}
    statuses = [
        people.app.post(f"/v1/members/{member}/confirmations", json=body).status_code
        for member in (phone.member, phone.member, ben)
    ]
    assert statuses == [200, 200, 404]
    late = asked_of_anybody(people)
    people.town.clock.forward(2 * MINUTE)
    answer = people.app.post(f"/v1/members/{ben}/confirmations", json={"code": late["code"]})
    assert answer.status_code == 404
