"""Movements over HTTP: split, paid at another rail, put into deposits; carried cash, and rests written off."""

from collections.abc import Callable

from fastapi.testclient import TestClient

from coalition.access.caller import Role
from tests.support.clock import DAY
from tests.support.settling import BAKERY_AT_BANK, PAID, code, put_at_bank, sent, sound
from tests.support.town_api import ApiTown

MATCH = "/v1/settlements/lines/match"


def aside(client: TestClient, line: str) -> dict[str, str]:
    """A statement's line that is none of the bank's own payments waits as a movement of its rail."""
    assert client.post(f"/v1/bank/lines/{line}/match", json={"payments": [], "note": "cash"}).json() == {"waiting": 0}
    client.post("/v1/settlements/reconcile")
    return {"rail": "bank", "line": line}


def agrees(client: TestClient) -> bool:
    """Whether book and movements agree at every rail."""
    return all(rail["agrees"] for rail in client.post("/v1/settlements/reconcile").json())


def test_a_debt_by_hand_that_comes_by_bank_is_matched_where_it_came(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, id_ = person(Role.OWNER), sent(closed)
    assert ann.get(f"/v1/payments/{id_}").json()["rail"] == "by_hand"
    body = {**aside(ann, at_bank(250, "B1")), "payment": id_}
    first, again = (ann.post(MATCH, json=body) for _ in range(2))
    assert (first.status_code, first.json()["payment"], again.headers["Idempotent-Replayed"]) == (200, id_, "true")
    assert again.json() == first.json()
    payment = ann.get(f"/v1/payments/{id_}").json()
    assert (payment["state"], payment["moved_minor"]) == ("paid", 250)
    assert agrees(ann)
    rails = {rail["rail"]: rail["book_minor"] for rail in ann.get("/v1/settlements").json()["rails"]}
    assert (rails["bank"], rails["by_hand"]) == (250, 0)
    assert sound(closed)


def test_a_movement_is_split_over_payments_at_two_rails_and_its_rest_waits(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, id_ = person(Role.OWNER), sent(closed)
    put_at_bank(ann, "cafe", "a1", name="Café", iban=BAKERY_AT_BANK["iban"])
    body = {"shop": "cafe", "amount_minor": 500}
    deposit = ann.post("/v1/deposits", json=body, headers={"Idempotency-Key": "d1"}).json()["payment"]["id"]
    line = aside(ann, at_bank(900, "B1"))
    shares = [{"payment": id_, "amount_minor": 300}, {"payment": deposit, "amount_minor": 500}]
    too_much = [{**shares[0], "amount_minor": 401}, shares[1]]
    assert code(ann.post(MATCH, json={**line, "shares": too_much})) == (409, "payment_refused")
    assert code(ann.post(MATCH, json={**line, "shares": [shares[0], shares[0]]})) == (409, "payment_refused")
    first, again = (ann.post(MATCH, json={**line, "shares": shares}) for _ in range(2))
    assert (first.status_code, len(first.json()["parts"])) == (200, 2)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert code(ann.post(MATCH, json={**line, "shares": shares[:1]})) == (409, "line_matched")
    assert {ann.get(f"/v1/payments/{each['payment']}").json()["coverage"] for each in shares} == {"paid"}
    (left,) = ann.get("/v1/settlements/lines").json()
    assert left["amount_minor"] == 100
    booked = {"rail": "bank", "line": left["line"], "deposit_of": "bakery"}
    made = [ann.post(MATCH, json=booked) for _ in range(2)]
    assert [each.status_code for each in made] == [200, 200]
    assert made[0].json()["payment"] == made[1].json()["payment"]
    paid_in = ann.get(f"/v1/payments/{made[0].json()['payment']}").json()
    assert (paid_in["shop"], paid_in["purpose"], paid_in["moved_minor"]) == ("bakery", "deposit", 100)
    assert agrees(ann)
    assert sound(closed)


def test_what_went_out_is_no_deposit_and_a_movement_has_one_home(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann = person(Role.OWNER)
    line = aside(ann, at_bank(-100, "B1"))
    assert code(ann.post(MATCH, json={**line, "deposit_of": "bakery"})) == (409, "payment_refused")
    for wrong in ({}, {"deposit_of": "bakery", "payment": "x"}, {"account": "fund", "payment": "x"}):
        assert ann.post(MATCH, json={**line, **wrong}).status_code == 422


def test_cash_is_carried_to_the_bank_and_its_line_closes_the_way(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, id_ = person(Role.OWNER), sent(closed)
    ann.post(f"/v1/payments/{id_}/confirm", json=PAID)

    def carry(minor: int, key: str, out_of: str = "by_hand", to: str = "bank") -> object:
        body = {"from_rail": out_of, "to_rail": to, "amount_minor": minor, "why": "receipt 17"}
        return ann.post("/v1/settlements/cash", json=body, headers={"Idempotency-Key": key})

    assert code(carry(301, "c0")) == (409, "money_short")
    assert code(carry(1, "c2", out_of="bank", to="bank")) == (409, "payment_refused")
    assert [carry(300, "c1").json()["status"] for _ in range(2)] == ["recorded"] * 2
    assert carry(100_000, "c3", out_of="bank", to="by_hand").status_code == 202
    booked = {**aside(ann, at_bank(300, "B1")), "book_as": "cash in transit", "why": "paid in"}
    assert ann.post(MATCH, json=booked).status_code == 200
    rails = {rail["rail"]: rail["book_minor"] for rail in ann.post("/v1/settlements/reconcile").json()}
    assert (rails["by_hand"], rails["bank"]) == (0, 300)
    assert agrees(ann)
    assert sound(closed)


def test_a_rest_is_written_off_by_two_people_and_owed_no_more(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, ben = person(), person()
    put_at_bank(ann, "bakery", "a1", **BAKERY_AT_BANK)
    id_ = sent(closed)
    path, key = f"/v1/payments/{id_}/write-off", {"Idempotency-Key": "w1"}
    assert code(ann.post(path, json={"why": "charges"}, headers=key)) == (409, "payment_refused")
    ann.post("/v1/bank/files/1/export")
    line = at_bank(250, "B1")
    ann.post(f"/v1/bank/lines/{line}/match", json={"payments": [f"{id_}-1"], "note": "theirs"})
    closed.client().post("/v1/settlements/run")
    assert code(closed.client().post(path, json={"why": "charges"}, headers=key)) == (403, "person_needed")
    asked = ann.post(path, json={"why": "charges"}, headers=key)
    assert asked.status_code == 202
    approve = f"/v1/approvals/{asked.json()['approval']}/approve"
    assert code(ann.post(approve)) == (403, "second_person_needed")
    done = ben.post(approve).json()
    assert (done["status"], done["result"]["written_off_minor"]) == ("done", 50)
    payment = ann.get(f"/v1/payments/{id_}").json()
    assert (payment["moved_minor"], payment["written_off_minor"]) == (250, 50)
    outlook = closed.client().get("/v1/settlements").json()["outlook"]
    assert [row for row in outlook if row["shop"] == "bakery"] == []
    closed.clock.now += 30 * DAY
    assert closed.client().post("/v1/settlements/run").json()["defaults"] == []
    assert sound(closed)


def test_a_debt_by_hand_that_is_past_its_day_is_reminded_of_once_a_day(
    closed: ApiTown, person: Callable[..., TestClient]
) -> None:
    client, id_ = closed.client(), sent(closed)

    def reminders() -> int:
        client.post("/v1/settlements/run")
        return sum(step["code"] == "reminder" for step in person().get(f"/v1/payments/{id_}").json()["history"])

    assert reminders() == 0
    closed.clock.now += 2 * DAY
    assert [reminders(), reminders()] == [1, 1]
    closed.clock.now += DAY
    assert reminders() == 2
    assert sound(closed)
