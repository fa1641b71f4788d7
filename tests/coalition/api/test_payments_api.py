"""Payments over HTTP: who sees which, who may say what became of one, deposits, rules and accounts."""

import json
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from coalition.access.caller import Role
from coalition.approvals.tables import approvals
from coalition.feed.read import events_from
from coalition.jobs.worker import Worker
from coalition.locale.check import english_runs
from coalition.locale.error_text import phrase_text
from coalition.payments.context import payment_context
from coalition.schedule import job_kinds
from settlement import Phrase
from settlement.payments import payment_by_id
from settlement.payments.unit_of_work import open_unit_of_work
from tests.support.clock import DAY
from tests.support.settling import OPENING, PAID, code, sent
from tests.support.town_api import ApiTown, send


def types(town: ApiTown, shop: str) -> list[str]:
    """What events tell a shop of payments."""
    with town.database.engine.connect() as connection:
        events = events_from(connection, town.alliance.id, 0, 1_000, shop=shop)
    return [event.type for event in events if event.type.startswith("payment.")]


def test_a_payment_is_shown_to_its_shop_and_the_alliance_with_its_history(closed: ApiTown) -> None:
    id_ = sent(closed)
    payment = closed.till("bakery").get(f"/v1/payments/{id_}").json()
    assert (payment["shop"], payment["state"], payment["purpose"], payment["window"]) == (
        "bakery",
        "sent",
        "net",
        OPENING,
    )
    assert [(step["state"], step["by"]) for step in payment["history"]] == [
        ("planned", None),
        ("reserved", None),
        ("sent", None),
    ]
    assert {step["by"] for step in closed.client().get(f"/v1/payments/{id_}").json()["history"]} != {None}
    assert closed.till("cafe").get(f"/v1/payments/{id_}").status_code == 404
    assert closed.till("cafe").get("/v1/payments").json()["data"] == []


@pytest.mark.parametrize(
    ("filters", "count"),
    [
        ({}, 1),
        ({"shop": "bakery", "window": OPENING, "state": "sent"}, 1),
        ({"shop": "cafe"}, 0),
        ({"state": "paid"}, 0),
        ({"window": "win_20240505T220000Z"}, 0),
    ],
)
def test_payments_are_listed_by_window_shop_and_state(closed: ApiTown, filters: dict[str, str], count: int) -> None:
    sent(closed)
    assert len(closed.client().get("/v1/payments", params=filters).json()["data"]) == count


@pytest.mark.parametrize(
    ("path", "status"), [("?window=nope", 404), ("?state=nope", 422), ("?cursor=x", 422), ("/nope", 404), ("/%00", 422)]
)
def test_what_is_no_payment_is_not_shown(closed: ApiTown, path: str, status: int) -> None:
    assert closed.client().get(f"/v1/payments{path}").status_code == status


def test_to_say_again_what_one_said_last_changes_nothing(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    path, ann = f"/v1/payments/{sent(closed)}/confirm", person()
    first, again = (ann.post(path, json=PAID) for _ in range(2))
    assert (first.status_code, first.json()["state"], first.json()["people_missing"]) == (200, "paid", 0)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert code(ann.post(path, json={"outcome": "failed", "evidence": "x"})) == (409, "payment_refused")
    assert types(closed, "bakery") == ["payment.due", "payment.paid"]


def test_from_the_limit_on_two_people_confirm_and_a_key_is_none(
    closed: ApiTown, person: Callable[..., TestClient]
) -> None:
    owner = person(Role.OWNER)
    rules = owner.get("/v1/payment-rules")
    body = {name: value for name, value in rules.json().items() if name != "approval"} | {"two_people_from_minor": 300}
    headers = {"If-Match": rules.headers["ETag"], "Idempotency-Key": "r1"}
    assert owner.put("/v1/payment-rules", json=body, headers=headers).json()["two_people_from_minor"] == 300
    path, ann, ben = f"/v1/payments/{sent(closed)}/confirm", person(), person()
    assert code(closed.client().post(path, json=PAID)) == (403, "person_needed")
    once = ann.post(path, json=PAID).json()
    assert (once["state"], once["people_needed"], once["people_missing"]) == ("sent", 2, 1)
    assert ann.post(path, json=PAID).json()["people_missing"] == 1
    assert code(ann.post(path, json={**PAID, "evidence": "again"})) == (409, "payment_refused")
    assert ben.post(path, json=PAID).json()["state"] == "paid"


def test_shops_that_pay_each_other_confirm_for_themselves(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    treasurer = person()
    (first,) = treasurer.post("/v1/settlements/direct").json()
    assert treasurer.post("/v1/settlements/direct").json() == []
    assert treasurer.post(f"/v1/payments/{first['id']}/cancel", json={"why": "a typo"}).json()["state"] == "cancelled"
    assert code(treasurer.post(f"/v1/payments/{first['id']}/cancel", json={"why": "x"})) == (409, "payment_refused")
    (payment,) = treasurer.post("/v1/settlements/direct").json()
    assert (payment["shop"], payment["counterparty"], payment["amount_minor"]) == ("bakery", "cafe", 300)
    path = f"/v1/payments/{payment['id']}/confirm"
    payer, payee, other = (person(Role.MANAGER, shop) for shop in ("bakery", "cafe", "diner"))
    assert other.post(path, json=PAID).status_code == 404
    assert code(person().post(path, json=PAID)) == (403, "forbidden")
    assert code(payee.post(path, json=PAID)) == (409, "payment_refused")
    assert payer.post(path, json=PAID).json()["state"] == "sent"
    assert payee.post(path, json={"outcome": "disputed", "evidence": "nothing came"}).json()["disputed"] is True
    assert payee.post(path, json={"outcome": "received", "evidence": "statement 3"}).json()["state"] == "paid"


def test_a_deposit_that_came_by_hand_is_there_once(town: ApiTown, person: Callable[..., TestClient]) -> None:
    ann = person()
    deposit = {"shop": "bakery", "amount_minor": 5_000, "received": "receipt 3"}
    first, again = (send(ann, "/v1/deposits", "d1", **deposit) for _ in range(2))
    assert (first["status"], first["payment"]["state"], first["payment"]["purpose"]) == ("begun", "paid", "deposit")
    assert first["payment"] == again["payment"]
    assert send(ann, "/v1/deposits", "d1", **{**deposit, "amount_minor": 1})["code"] == "key_reused"
    assert town.client().get("/v1/shops/bakery/risk").json()["deposit_minor"] == 5_000


def test_much_money_in_and_any_money_back_takes_two_people(town: ApiTown, person: Callable[..., TestClient]) -> None:
    ann, ben = person(), person()
    deposit = {"shop": "bakery", "amount_minor": 200_000, "received": "receipt 4"}
    asked = send(ann, "/v1/deposits", "d1", **deposit)
    assert asked["status"] == "awaiting_approval"
    assert send(town.client(), "/v1/deposits", "d2", **deposit)["code"] == "person_needed"
    done = ben.post(f"/v1/approvals/{asked['approval']}/approve").json()
    assert (done["status"], done["result"]["state"]) == ("done", "paid")
    back = send(ann, "/v1/withdrawals", "w1", shop="bakery", amount_minor=1_000)
    assert ann.post(f"/v1/approvals/{back['approval']}/approve").status_code == 403
    sent_back = ben.post(f"/v1/approvals/{back['approval']}/approve").json()["result"]
    path = f"/v1/payments/{sent_back['payment']}/confirm"
    assert ann.post(path, json={"outcome": "paid", "evidence": "transfer 8"}).json()["state"] == "paid"
    assert town.client().get("/v1/shops/bakery/risk").json()["deposit_minor"] == 199_000
    much = send(ann, "/v1/withdrawals", "w2", shop="bakery", amount_minor=199_001)
    refused = ben.post(f"/v1/approvals/{much['approval']}/approve").json()
    assert (refused["status"], refused["result"]["code"]) == ("refused", "money_short")
    # Why, in each reader's language, with money as they write it.
    path = f"/v1/approvals/{much['approval']}"
    in_english, in_chinese = (
        ann.get(path, headers={"Accept-Language": lang}).json()["result"]["detail"] for lang in ("en", "zh")
    )
    assert in_english == refused["result"]["detail"]
    assert "1,990.00 EUR" in in_english
    assert english_runs(in_chinese) == []
    assert "1,990.00 EUR" in in_chinese
    # What was stored as plain text before stays readable.
    with town.database.engine.begin() as connection:
        plain = json.dumps({"code": "money_short", "detail": "money is short"})
        connection.execute(update(approvals).where(approvals.c.id == much["approval"]).values(result=plain))
    assert ann.get(path, headers={"Accept-Language": "zh"}).json()["result"]["detail"] == "money is short"


def test_the_reasons_in_a_payments_history_are_in_the_readers_language(
    closed: ApiTown, person: Callable[..., TestClient]
) -> None:
    treasurer, path = person(), "/v1/shops/bakery/payment-account"
    send(treasurer, "/v1/deposits", "d1", shop="bakery", amount_minor=1_000, received="receipt 1")
    headers = {"If-Match": treasurer.get(path).headers["ETag"], "Idempotency-Key": "a1"}
    assert treasurer.put(path, json={"rail": "deposit"}, headers=headers).status_code == 200
    assert treasurer.post("/v1/settlements/run").status_code == 200
    listed = treasurer.get("/v1/payments", params={"shop": "bakery"}).json()["data"]
    (drawn,) = [row for row in listed if row["purpose"] == "net"]
    path = f"/v1/payments/{drawn['id']}"
    reasons = [
        [step["why"] for step in treasurer.get(path, headers={"Accept-Language": lang}).json()["history"]]
        for lang in ("en", "zh")
    ]
    at = reasons[0].index("drawn from the deposit")
    assert reasons[1][at] == "已从保证金中扣除"
    # What was stored as plain English before is still read, and said in Chinese where it is known.
    for why in ("no such rail", Phrase("the account is in {own}, not in {other}", own="EUR", other="CHF")):
        with payment_context(closed.alliance, "ann") as context, open_unit_of_work(context) as unit:
            payment = payment_by_id(context.book, context.session, drawn["id"])
            unit.note(payment._replace(waiting_for=why), why)
        english, chinese = (treasurer.get(path, headers={"Accept-Language": lang}).json() for lang in ("en", "zh"))
        assert (english["waiting_for"], english["history"][-1]["why"]) == (why, why)
        assert chinese["waiting_for"] == chinese["history"][-1]["why"] == phrase_text(why, "zh")
        assert english_runs(chinese["waiting_for"]) == []


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("deposits", {"shop": "nope", "amount_minor": 1}, 404),
        ("deposits", {"shop": "pool", "amount_minor": 1}, 404),
        ("deposits", {"shop": "bakery", "amount_minor": 0}, 422),
        ("deposits", {"shop": "bakery", "amount_minor": 1, "received": "  "}, 422),
        ("withdrawals", {"shop": "bakery", "amount_minor": 10**13}, 422),
    ],
)
def test_what_is_no_deposit_is_not_taken(
    town: ApiTown, person: Callable[..., TestClient], path: str, body: dict[str, object], status: int
) -> None:
    assert person().post(f"/v1/{path}", json=body, headers={"Idempotency-Key": "k"}).status_code == status


def test_to_let_one_person_confirm_more_takes_two(town: ApiTown, person: Callable[..., TestClient]) -> None:
    owner = person(Role.OWNER)
    got = owner.get("/v1/payment-rules")
    body = {name: value for name, value in got.json().items() if name != "approval"} | {"two_people_from_minor": 10**6}
    assert owner.put("/v1/payment-rules", json=body, headers={"Idempotency-Key": "r"}).status_code == 428
    headers = {"If-Match": got.headers["ETag"], "Idempotency-Key": "r"}
    asked = owner.put("/v1/payment-rules", json=body, headers=headers)
    assert (asked.status_code, asked.json()["two_people_from_minor"]) == (202, 100_000)
    done = person().post(f"/v1/approvals/{asked.json()['approval']}/approve").json()
    assert done["status"] == "done"
    now = owner.get("/v1/payment-rules").json()
    assert (now["two_people_from_minor"], now["pay_from_fund"]) == (10**6, True)
    assert owner.put("/v1/payment-rules", json={**body, "rail": "pigeon"}, headers=headers).status_code == 412


def test_a_shop_chooses_among_the_rails_that_are_there(town: ApiTown, person: Callable[..., TestClient]) -> None:
    manager, path = person(Role.MANAGER), "/v1/shops/bakery/payment-account"
    got = manager.get(path)
    assert (got.json()["used"], got.json()["rails"]) == ("by_hand", ["by_hand", "deposit"])
    headers = {"If-Match": got.headers["ETag"], "Idempotency-Key": "a1"}
    assert manager.put(path, json={"rail": "pigeon"}, headers=headers).status_code == 422
    changed = manager.put(path, json={"rail": "deposit"}, headers=headers)
    assert (changed.json()["rail"], changed.json()["used"]) == ("deposit", "by_hand")
    assert manager.put(path, json={"rail": None}, headers=headers).status_code == 412
    assert manager.get("/v1/shops/cafe/payment-account").status_code == 404


def test_without_an_account_at_stripe_there_are_no_pages(town: ApiTown, person: Callable[..., TestClient]) -> None:
    body = {"done_url": "https://x.example/", "back_url": "https://x.example/"}
    assert code(person().post("/v1/shops/bakery/stripe/mandate", json=body)) == (409, "stripe_missing")


def test_without_a_closed_window_nothing_is_run(town: ApiTown) -> None:
    assert town.client().post("/v1/settlements/run").status_code == 404
    assert town.client().get("/v1/settlements").json()["outlook"] == []


def test_what_people_began_the_server_goes_on_with(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    work(closed)
    assert closed.client().get("/v1/payments").json()["data"] == []
    person().post(f"/v1/payments/{sent(closed)}/confirm", json=PAID)
    closed.clock.now += DAY
    work(closed)
    (out,) = closed.client().get("/v1/payments", params={"state": "sent"}).json()["data"]
    assert (out["shop"], out["route"]) == ("cafe", "pay")


def work(town: ApiTown) -> None:
    worker = Worker(town.alliances, job_kinds())
    worker.run_due()
    worker.stop()


def test_a_leaving_shop_is_bought_out_by_two_people(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    ann, ben = person(), person()
    # Of the 500 points that the bakery issued 300 are spent; the cafe issued 35.
    send(ann, "/v1/deposits", "d1", shop="bakery", amount_minor=150, received="receipt 1")
    assert send(ann, "/v1/shops/bakery/buy-out", "b0")["code"] == "shop_not_leaving"
    shop = closed.client().get("/v1/shops/bakery")
    changed = {"If-Match": shop.headers["ETag"]}
    assert closed.client().patch("/v1/shops/bakery", json={"status": "leaving"}, headers=changed).status_code == 200
    asked = send(ann, "/v1/shops/bakery/buy-out", "b1")
    assert (asked["status"], asked["payment"]) == ("awaiting_approval", None)
    short = ben.post(f"/v1/approvals/{asked['approval']}/approve").json()
    assert (short["status"], short["result"]["code"]) == ("refused", "money_short")
    send(ann, "/v1/deposits", "d2", shop="bakery", amount_minor=250, received="receipt 2")
    again = send(ann, "/v1/shops/bakery/buy-out", "b2")["approval"]
    done = ben.post(f"/v1/approvals/{again}/approve").json()["result"]
    assert (done["by"], done["amount_minor"]) == ("operator", 200)
    assert closed.client().get("/v1/shops/bakery/risk").json()["deposit_minor"] == 200


def test_a_default_is_shown_with_who_bore_it(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    ann = person()
    send(ann, "/v1/deposits", "d1", shop="bakery", amount_minor=100, received="receipt 1")
    sent(closed)
    closed.clock.now += 11 * DAY
    (default,) = closed.client().post("/v1/settlements/run").json()["defaults"]
    assert (default["shop"], default["owed_minor"], default["open_minor"]) == ("bakery", 300, 300)
    assert default["losses"][0] == {"source": "deposit", "shop": "bakery", "amount_minor": 100}
    lost = sum(part["amount_minor"] for part in default["losses"])
    assert lost + default["uncovered_minor"] == 300
    assert closed.client().get("/v1/settlements").json()["defaults"] == [default]
