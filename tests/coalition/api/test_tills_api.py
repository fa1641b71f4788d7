"""Tills: connected once by a manager's code, proven by a key of their own, and sold at by whoever is signed in."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from coalition.access.caller import Role
from coalition.locale.formats import moment, rfc3339
from coalition.members.tables import members
from tests.support.clock import HOUR, MINUTE, SECOND
from tests.support.people import person
from tests.support.tills import PIN, Device
from tests.support.town_api import ApiTown, purchase


class Counter(NamedTuple):
    """A till of the bakery's in a session, its manager, and a cashier."""

    device: Device
    manager: TestClient
    cashier: str


def new_code(manager: TestClient, shop: str = "bakery") -> str:
    answer = manager.post(f"/v1/shops/{shop}/till-codes")
    assert answer.status_code == 201, answer.text
    return str(answer.json()["code"])


@pytest.fixture
def counter(town: ApiTown) -> Counter:
    """A connected till whose shop has a cashier."""
    manager = person(town, Role.MANAGER, "bakery").log_in()
    device = Device(town)
    assert device.connect(new_code(manager)).status_code == 201
    assert device.begin().status_code == 201
    added = manager.post("/v1/shops/bakery/cashiers", json={"name": "Karla", "pin": PIN}).json()
    return Counter(device, manager, added["id"])


def shift_of(counter: Counter) -> str:
    answer = counter.device.sign_in(counter.cashier)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def test_a_purchase_records_the_till_and_who_was_signed_in(town: ApiTown, counter: Counter) -> None:
    device, shift = counter.device, shift_of(counter)
    own = device.client.get("/v1/till").json()
    assert (own["shop"], own["name"], own["region"]) == ("bakery", "Counter", "DE")
    assert own["cashiers"] == [{"id": counter.cashier, "name": "Karla", "locked": False}]
    assert own["shift"]["id"] == shift
    sold = device.sell(shift, "s1").json()
    booked = device.client.get(f"/v1/purchases/{sold['id']}").json()
    assert (booked["till"], booked["cashier"]) == (device.id, counter.cashier)
    by_key = purchase(town.till(), "k", amount_minor=1)
    booked = device.client.get(f"/v1/purchases/{by_key['id']}").json()
    assert (booked["till"], booked["cashier"]) == (None, None)
    elsewhere = device.sell(shift, shop="cafe")
    assert elsewhere.status_code == 404


def test_a_till_sells_in_a_shift_of_its_own_only(town: ApiTown, counter: Counter) -> None:
    device, shift = counter.device, shift_of(counter)
    assert device.sell(None).json()["code"] == "shift_needed"
    assert device.sell("shift_nobody").status_code == 404
    other = Device(town)
    other.connect(new_code(counter.manager))
    other.begin()
    assert other.sell(shift).status_code == 404
    assert purchase(town.till(), "k", amount_minor=1, shift=shift)["status"] == 404
    assert device.sell(shift, "s1").status_code == 201
    town.clock.forward(MINUTE)
    ended = device.client.post(f"/v1/shifts/{shift}/end").json()
    assert ended["ended_at"] is not None
    assert device.client.post(f"/v1/shifts/{shift}/end").json() == ended
    assert device.sell(shift).json()["code"] == "shift_over"
    # What was booked in it is answered again, also in another shift of the same cashier.
    assert device.sell(shift, "s1").headers["Idempotent-Replayed"] == "true"
    assert device.sell(shift_of(counter), "s1").headers["Idempotent-Replayed"] == "true"


def test_a_refund_records_the_till_and_who_was_signed_in(town: ApiTown, counter: Counter) -> None:
    device, shift = counter.device, shift_of(counter)
    sold = device.sell(shift, amount_minor=2_000).json()
    asked = {"purchase": sold["id"], "amount_minor": 500}
    assert device.refund(None, **asked).json()["code"] == "shift_needed"
    assert device.refund("shift_nobody", **asked).status_code == 404
    refund = device.refund(shift, "r1", **asked).json()
    assert (refund["till"], refund["cashier"]) == (device.id, counter.cashier)
    assert device.client.get(f"/v1/refunds/{refund['id']}").json() == refund
    (event,) = town.client().get("/v1/events?type=refund.created").json()["data"]
    assert (event["data"]["till"], event["data"]["cashier"]) == (device.id, counter.cashier)
    town.clock.forward(MINUTE)
    device.client.post(f"/v1/shifts/{shift}/end")
    assert device.refund(shift, **asked).json()["code"] == "shift_over"
    # What was booked in it is answered again.
    assert device.refund(shift, "r1", **asked).headers["Idempotent-Replayed"] == "true"
    by_key = town.till().post("/v1/refunds", json=asked, headers={"Idempotency-Key": "k"}).json()
    assert (by_key["till"], by_key["cashier"]) == (None, None)


def test_a_void_records_the_till_and_who_was_signed_in_and_succeeds_when_nobody_is(
    town: ApiTown, counter: Counter
) -> None:
    device, shift = counter.device, shift_of(counter)
    device.sell(shift, "s1")
    voided = device.void(shift, "s1").json()
    (refund,) = device.client.get("/v1/refunds").json()["data"]
    assert (voided["outcome"], refund["till"], refund["cashier"]) == ("undone", device.id, counter.cashier)
    device.client.post(f"/v1/shifts/{shift}/end")
    # Sent again, in a shift that is over or in none, it says what the first one did.
    for again in (shift, None, "shift_nobody"):
        assert device.void(again, "s1").json() == voided
    never = device.void(None, "s2").json()
    assert never["outcome"] == "never_made"
    assert device.void(shift_of(counter), "s2").json() == never
    assert device.sell(shift_of(counter), "s2").json()["code"] == "key_voided"


def test_an_enrolment_records_the_till_and_who_was_signed_in(town: ApiTown, counter: Counter) -> None:
    device, shift = counter.device, shift_of(counter)
    new = {"email": "zoe@example.com"}
    assert device.client.post("/v1/members", json=new).json()["code"] == "shift_needed"
    enrolled = device.client.post("/v1/members", json={**new, "shift": shift})
    assert enrolled.status_code == 201
    columns = members.c.id, members.c.enrolled_by, members.c.enrolled_till, members.c.enrolled_cashier
    with town.database.engine.connect() as connection:
        row = connection.execute(select(*columns).where(members.c.id == enrolled.json()["id"])).one()
    assert tuple(row)[1:] == ("bakery", device.id, counter.cashier)
    town.clock.forward(MINUTE)
    device.client.post(f"/v1/shifts/{shift}/end")
    late = device.client.post("/v1/members", json={"email": "max@example.com", "shift": shift})
    assert late.json()["code"] == "shift_over"


def test_what_was_sold_offline_is_of_the_shift_of_then(town: ApiTown, counter: Counter) -> None:
    device, shift = counter.device, shift_of(counter)
    sold_at = town.clock.forward(MINUTE)
    town.clock.forward(MINUTE)
    device.client.post(f"/v1/shifts/{shift}/end")
    sale = {"shop": "bakery", "member": "ann", "amount_minor": 500, "shift": shift}
    purchases = [
        {**sale, "idempotency_key": "b1", "occurred_at": rfc3339(moment(sold_at))},
        {**sale, "idempotency_key": "b2"},
        {**sale, "idempotency_key": "b3", "shift": None},
    ]
    answer = device.client.post("/v1/batches", json={"purchases": purchases}).json()
    assert [each["code"] for each in answer["data"]] == [None, "shift_over", "shift_needed"]
    booked = device.client.get(f"/v1/purchases/{answer['data'][0]['id']}").json()
    assert booked["cashier"] == counter.cashier


def test_five_wrong_pins_lock_a_cashier_until_a_manager_unlocks_it(counter: Counter) -> None:
    device, cashier = counter.device, counter.cashier
    tries = [device.sign_in(cashier, "0815").json() for _ in range(6)]
    assert [each["code"] for each in tries] == ["pin_wrong"] * 4 + ["pin_locked"] * 2
    assert tries[3]["detail"] == "This PIN is wrong. Tries left: 1."
    assert device.sign_in(cashier).json()["code"] == "pin_locked"
    (listed,) = counter.manager.get("/v1/shops/bakery/cashiers").json()["data"]
    assert listed["locked"]
    assert not counter.manager.patch(f"/v1/cashiers/{cashier}", json={"unlock": True}).json()["locked"]
    assert device.sign_in(cashier, "0815").json()["code"] == "pin_wrong"
    assert device.sign_in(cashier).status_code == 201
    # A right one gives all five tries back.
    assert device.sign_in(cashier, "0815").json()["detail"] == "This PIN is wrong. Tries left: 4."


def test_guesses_at_once_are_five_in_all(counter: Counter) -> None:
    with ThreadPoolExecutor(4) as guessers:
        codes = list(
            guessers.map(
                lambda pin: counter.device.sign_in(counter.cashier, str(pin)).json()["code"], range(2000, 2012)
            )
        )
    assert (codes.count("pin_wrong"), codes.count("pin_locked")) == (4, 8)


@pytest.mark.parametrize("pin", ["1234", "0000", "98765", "123", "12a4", "123456789"])
def test_a_pin_that_is_guessed_first_is_refused(counter: Counter, pin: str) -> None:
    answer = counter.manager.post("/v1/shops/bakery/cashiers", json={"name": "Max", "pin": pin})
    assert answer.status_code == 422
    assert counter.manager.patch(f"/v1/cashiers/{counter.cashier}", json={"pin": pin}).status_code == 422


def test_a_cashier_who_leaves_signs_in_no_more_and_sells_no_more(counter: Counter) -> None:
    shift = shift_of(counter)
    assert (
        counter.manager.patch(f"/v1/cashiers/{counter.cashier}", json={"name": "Carla", "pin": "270384"}).json()["name"]
        == "Carla"
    )
    assert counter.device.sign_in(counter.cashier).json()["code"] == "pin_wrong"
    assert counter.device.sell(shift).status_code == 201
    assert counter.manager.delete(f"/v1/cashiers/{counter.cashier}").status_code == 204
    assert counter.device.sell(shift).json()["code"] == "shift_over"
    assert counter.device.sign_in(counter.cashier, "270384").status_code == 404
    assert counter.manager.get("/v1/shops/bakery/cashiers").json()["data"] == []


def test_a_code_connects_one_device_for_a_quarter_of_an_hour(town: ApiTown, counter: Counter) -> None:
    code = new_code(counter.manager)
    spaced = f"{code[:4].lower()} - {code[4:].lower()}"
    assert Device(town).connect("ZZZZZZZZ").json()["code"] == "till_code_unknown"
    assert Device(town).connect(code, public_key="AAAA").status_code == 422
    first, second = Device(town), Device(town)
    assert first.connect(spaced).status_code == 201
    assert second.connect(code).json()["code"] == "till_code_unknown"
    late = new_code(counter.manager)
    town.clock.forward(15 * MINUTE)
    assert second.connect(late).json()["code"] == "till_code_unknown"
    listed = counter.manager.get("/v1/shops/bakery/tills").json()["data"]
    assert {each["id"] for each in listed} == {counter.device.id, first.id}


def test_a_manager_makes_codes_for_the_own_shop_with_a_fresh_proof(town: ApiTown, counter: Counter) -> None:
    assert counter.manager.post("/v1/shops/cafe/till-codes").status_code == 404
    assert town.client().post("/v1/shops/nowhere/till-codes").status_code == 404
    assert counter.device.client.post("/v1/shops/bakery/till-codes").status_code == 403
    stranger_ = person(town, Role.MANAGER, "cafe").log_in()
    for path in (f"/v1/tills/{counter.device.id}", f"/v1/cashiers/{counter.cashier}"):
        assert stranger_.delete(path).status_code == 404
        assert stranger_.patch(path, json={"name": "mine"}).status_code == 404
    town.clock.forward(6 * MINUTE)
    assert counter.manager.post("/v1/shops/bakery/till-codes").json()["code"] == "proof_needed"


def test_only_the_key_of_the_till_begins_its_session(town: ApiTown, counter: Counter) -> None:
    device, thief = counter.device, Device(town)
    thief.id = device.id
    assert thief.begin().json()["code"] == "till_proof_refused"
    assert device.begin(signature="AAAA").json()["code"] == "till_proof_refused"
    challenge = device.challenge().json()["challenge"]
    foreign = Device(town)
    foreign.connect(new_code(counter.manager))
    signed = {"challenge": challenge, "signature": foreign.sign(challenge)}
    assert foreign.begin(**signed).json()["code"] == "till_proof_refused", "a challenge is one till's"
    town.clock.forward(121 * SECOND)
    late = {"challenge": challenge, "signature": device.sign(challenge)}
    assert device.begin(**late).json()["code"] == "till_proof_refused"
    assert device.begin().status_code == 201
    town.clock.forward(2 * HOUR)
    assert device.client.get("/v1/till").status_code == 401
    assert device.begin().status_code == 201


def test_a_till_that_is_removed_sells_nothing_and_begins_nothing(counter: Counter) -> None:
    device, shift = counter.device, shift_of(counter)
    path = f"/v1/tills/{device.id}"
    assert counter.manager.patch(path, json={"name": "Window"}).json()["name"] == "Window"
    assert device.client.get("/v1/till").json()["name"] == "Window"
    assert counter.manager.delete(path).status_code == 204
    assert device.sell(shift).status_code == 401
    assert device.challenge().json()["code"] == "till_proof_refused"
    assert counter.manager.delete(path).status_code == 404
    assert counter.manager.get("/v1/shops/bakery/tills").json()["data"] == []


def test_a_till_asks_for_lines_where_its_shop_wants_them(town: ApiTown, counter: Counter) -> None:
    device, manager, path = counter.device, counter.manager, "/v1/shops/bakery/till-lines"
    assert manager.get(path).json() == {"wanted": False}
    assert device.client.get("/v1/till").json()["lines"] is False
    assert manager.put("/v1/shops/cafe/till-lines", json={"wanted": True}).status_code == 404
    for wanted in (True, True, False, False):
        assert manager.put(path, json={"wanted": wanted}).json() == {"wanted": wanted}
        assert manager.get(path).json() == {"wanted": wanted}
        assert device.client.get("/v1/till").json()["lines"] is wanted
    entries = town.client().get("/v1/audit-log", params={"action": "till_lines.set"}).json()["data"]
    assert [entry["details"] for entry in entries] == [{"wanted": False}, {"wanted": True}]


def test_two_cashiers_of_a_shop_have_two_names(town: ApiTown, counter: Counter) -> None:
    manager, path = counter.manager, "/v1/shops/bakery/cashiers"
    taken = manager.post(path, json={"name": "KARLA", "pin": PIN})
    assert (taken.status_code, taken.json()["fields"][0]["field"]) == (422, "name")
    max_ = manager.post(path, json={"name": "Max", "pin": PIN}).json()["id"]
    assert manager.patch(f"/v1/cashiers/{max_}", json={"name": "Karla"}).status_code == 422
    assert manager.patch(f"/v1/cashiers/{max_}", json={"name": "max"}).json()["name"] == "max"
    assert manager.delete(f"/v1/cashiers/{counter.cashier}").status_code == 204
    assert manager.patch(f"/v1/cashiers/{max_}", json={"name": "Karla"}).json()["name"] == "Karla"
    assert town.client().post("/v1/shops/cafe/cashiers", json={"name": "Karla", "pin": PIN}).status_code == 201
