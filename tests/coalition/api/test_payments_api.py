"""Payments over HTTP: who sees which, who may say what became of one, deposits, rules and accounts."""

import base64
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import httpx2 as httpx
import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.events.read import events_from
from coalition.jobs.worker import Worker
from tests.support.bank import SHOP_IBAN
from tests.support.camt import OWN_IBAN, Entry, Paid, camt
from tests.support.clock import DAY
from tests.support.tokens import Tokens, bearing
from tests.support.town_api import ApiTown, purchase, send

OPENING = "win_20240512T220000Z"
BAKERY = {"name": "Bakery", "iban": SHOP_IBAN, "mandate_id": "M-1", "mandate_signed_on": "2024-01-03"}
CAFE = "/v1/shops/cafe/payment-account"
PAID = {"said": "paid", "evidence": "receipt 17"}


@pytest.fixture
def closed(town: ApiTown) -> ApiTown:
    """The bakery owes the cafe 3 euros from a closed week."""
    purchase(town.till(), "k1", amount_minor=10_000)
    purchase(town.till("cafe"), "k2", shop="cafe", amount_minor=1_000, points=300)
    town.clock.now += 7 * DAY
    assert town.client().post(f"/v1/windows/{OPENING}/close").status_code == 200
    return town


@pytest.fixture
def person(town: ApiTown) -> Callable[..., TestClient]:
    """Makes somebody who is logged in, a treasurer where nothing else is said."""

    def new(role: Role = Role.FINANCE, shop: str = "bakery") -> TestClient:
        tokens = Tokens(town.database, town.alliance.id, town.clock())
        return TestClient(town.app, headers=bearing(tokens.new(role, shop)), raise_server_exceptions=False)

    return new


BANK = f"""
holder = "Altstadt Verbund e.V."
account = "{OWN_IBAN}"
creditor_id = "DE98ZZZ09999999999"
"""


@pytest.fixture
def at_bank(closed: ApiTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """The closed week can go by bank files. Imports a statement of one movement that is nobody's: its id."""
    path = tmp_path / "bank.toml"
    path.write_text(BANK)
    monkeypatch.setenv("COALITION_BANK", str(path))

    def tell(minor: int, ref: str) -> str:
        content = camt([Entry(minor, date(2024, 5, 21), ref, (Paid(minor, text="thanks"),))])
        given = {"name": "s.xml", "content": base64.b64encode(content).decode()}
        told = closed.client().post("/v1/bank/statements", json=given).json()
        assert (told["lines_new"], told["waiting"]) == (1, 1)
        (waiting,) = closed.client().get("/v1/bank/lines").json()
        return str(waiting["id"])

    return tell


def put_at_bank(client: TestClient, shop: str, key: str, **details: str) -> httpx.Response:
    """A shop chooses the bank, with these details of its account."""
    path = f"/v1/shops/{shop}/payment-account"
    headers = {"If-Match": client.get(path).headers["ETag"], "Idempotency-Key": key}
    return client.put(path, json={"rail": "bank", "details": details}, headers=headers)


def sent(town: ApiTown) -> str:
    """The one payment that a run has sent."""
    assert town.client().post("/v1/settlements/run").status_code == 200
    (one,) = town.client().get("/v1/payments", params={"state": "sent"}).json()["data"]
    return str(one["id"])


def code(answer: object) -> tuple[int, str]:
    """Status and code of a problem."""
    return answer.status_code, answer.json()["code"]


def types(town: ApiTown, shop: str) -> list[str]:
    """What events tell a shop of payments."""
    with town.database.engine.connect() as connection:
        told = events_from(connection, town.alliance.id, 0, 1_000, shop=shop)
    return [event.type for event in told if event.type.startswith("payment.")]


def test_a_payment_is_shown_to_its_shop_and_the_alliance_with_its_history(closed: ApiTown) -> None:
    id_ = sent(closed)
    shown = closed.till("bakery").get(f"/v1/payments/{id_}").json()
    assert (shown["shop"], shown["state"], shown["purpose"], shown["window"]) == ("bakery", "sent", "net", OPENING)
    assert [(step["state"], step["by"]) for step in shown["history"]] == [
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
    ("path", "status"), [("?window=nope", 404), ("?state=nope", 422), ("?cursor=x", 422), ("/nope", 404), ("/%00", 404)]
)
def test_what_is_no_payment_is_not_shown(closed: ApiTown, path: str, status: int) -> None:
    assert closed.client().get(f"/v1/payments{path}").status_code == status


def test_to_say_again_what_one_said_last_changes_nothing(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    path, ann = f"/v1/payments/{sent(closed)}/confirm", person()
    first, again = (ann.post(path, json=PAID) for _ in range(2))
    assert (first.status_code, first.json()["state"], first.json()["people_missing"]) == (200, "paid", 0)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    assert code(ann.post(path, json={"said": "failed", "evidence": "x"})) == (409, "payment_refused")
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
    (one,) = treasurer.post("/v1/settlements/direct").json()
    assert (one["shop"], one["counterparty"], one["amount_minor"]) == ("bakery", "cafe", 300)
    path = f"/v1/payments/{one['id']}/confirm"
    payer, payee, other = (person(Role.MANAGER, shop) for shop in ("bakery", "cafe", "diner"))
    assert other.post(path, json=PAID).status_code == 404
    assert code(person().post(path, json=PAID)) == (403, "forbidden")
    assert code(payee.post(path, json=PAID)) == (409, "payment_refused")
    assert payer.post(path, json=PAID).json()["state"] == "sent"
    assert payee.post(path, json={"said": "disputed", "evidence": "nothing came"}).json()["disputed"] is True
    assert payee.post(path, json={"said": "received", "evidence": "statement 3"}).json()["state"] == "paid"


def test_a_deposit_that_came_by_hand_is_there_once(town: ApiTown, person: Callable[..., TestClient]) -> None:
    ann = person()
    given = {"shop": "bakery", "amount_minor": 5_000, "received": "receipt 3"}
    first, again = (send(ann, "/v1/deposits", "d1", **given) for _ in range(2))
    assert (first["status"], first["payment"]["state"], first["payment"]["purpose"]) == ("begun", "paid", "deposit")
    assert first["payment"] == again["payment"]
    assert send(ann, "/v1/deposits", "d1", **{**given, "amount_minor": 1})["code"] == "key_reused"
    assert town.client().get("/v1/shops/bakery/risk").json()["deposit_minor"] == 5_000


def test_much_money_in_and_any_money_back_takes_two_people(town: ApiTown, person: Callable[..., TestClient]) -> None:
    ann, ben = person(), person()
    given = {"shop": "bakery", "amount_minor": 200_000, "received": "receipt 4"}
    asked = send(ann, "/v1/deposits", "d1", **given)
    assert asked["status"] == "awaiting_approval"
    assert send(town.client(), "/v1/deposits", "d2", **given)["code"] == "person_needed"
    done = ben.post(f"/v1/approvals/{asked['approval']}/approve").json()
    assert (done["status"], done["result"]["state"]) == ("done", "paid")
    back = send(ann, "/v1/withdrawals", "w1", shop="bakery", amount_minor=1_000)
    assert ann.post(f"/v1/approvals/{back['approval']}/approve").status_code == 403
    sent_back = ben.post(f"/v1/approvals/{back['approval']}/approve").json()["result"]
    path = f"/v1/payments/{sent_back['payment']}/confirm"
    assert ann.post(path, json={"said": "paid", "evidence": "transfer 8"}).json()["state"] == "paid"
    assert town.client().get("/v1/shops/bakery/risk").json()["deposit_minor"] == 199_000
    much = send(ann, "/v1/withdrawals", "w2", shop="bakery", amount_minor=199_001)
    refused = ben.post(f"/v1/approvals/{much['approval']}/approve").json()
    assert (refused["status"], refused["result"]["code"]) == ("refused", "money_short")


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


def test_where_credits_go_is_changed_by_two_people_but_for_the_first_time(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    manager, ann, ben = person(Role.MANAGER, "cafe"), person(), person()

    put = partial(put_at_bank, shop="cafe")

    def iban() -> str:
        return str(ann.get(CAFE).json()["details"]["iban"])

    first = put(manager, key="a1", name="Café", iban=SHOP_IBAN)
    assert (first.status_code, first.json()["approval"], iban()) == (200, None, SHOP_IBAN)
    # A mandate says nothing of where money goes.
    assert put(manager, key="a2", name="Café", iban=SHOP_IBAN, mandate_id="M-1").status_code == 200

    asked = put(manager, key="a3", name="Café", iban=OWN_IBAN)
    assert (asked.status_code, iban()) == (202, SHOP_IBAN)
    approval = asked.json()["approval"]
    assert put(manager, key="a3", name="Café", iban=OWN_IBAN).json()["approval"] == approval
    assert code(put(closed.client(), key="a4", name="Café", iban=OWN_IBAN)) == (403, "person_needed")
    assert manager.post(f"/v1/approvals/{approval}/approve").status_code == 403
    shown = ann.get(f"/v1/approvals/{approval}").json()["payload"]
    assert (shown["old.iban"], shown["new.iban"]) == (SHOP_IBAN, OWN_IBAN)
    assert ann.post(f"/v1/approvals/{approval}/approve").json()["status"] == "done"
    assert iban() == OWN_IBAN

    # Even to take the account away is a change; and who asks does not approve.
    gone = put(ann, key="a5").json()["approval"]
    assert code(ann.post(f"/v1/approvals/{gone}/approve")) == (403, "second_person_needed")
    back = put(ann, key="a6", name="Café", iban=SHOP_IBAN).json()["approval"]
    assert ben.post(f"/v1/approvals/{back}/approve").json()["status"] == "done"
    # What was asked for on an account that is another by now is not done.
    late = ben.post(f"/v1/approvals/{gone}/approve").json()
    assert (late["status"], late["result"]["code"], iban()) == ("refused", "changed_meanwhile", SHOP_IBAN)

    log = closed.client().get("/v1/audit-log", params={"target": "cafe"}).json()["data"]
    assert [entry["action"].removeprefix("payment_account.") for entry in log] == [
        "request", "request", "request", "request", "set", "set",
    ]  # fmt: skip


def test_a_first_account_of_a_shop_that_was_paid_before_takes_two_people(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann = person()
    ann.post(f"/v1/payments/{sent(closed)}/confirm", json=PAID)
    assert closed.client().post("/v1/settlements/run").json()["paying"] == 1
    assert put_at_bank(ann, "cafe", "a1", name="Café", iban=SHOP_IBAN).status_code == 202


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
    worker = Worker(town.alliances)
    worker.run_due()
    worker.stop()


def test_a_statements_movement_is_matched_by_hand_to_its_payment_or_booked_under_a_name(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann = person(Role.OWNER)
    assert put_at_bank(ann, "bakery", "a1", **BAKERY).json()["collect_problem"] is None
    id_ = sent(closed)
    collected = at_bank(300, "B1")
    aside = {"payments": [], "note": "not by its reference"}
    assert ann.post(f"/v1/bank/lines/{collected}/match", json=aside).json() == {"waiting": 0}
    assert code(ann.post(f"/v1/bank/lines/{collected}/match", json=aside)) == (409, "bank_line_settled")
    interest = at_bank(7, "B2")
    ann.post(f"/v1/bank/lines/{interest}/match", json=aside)

    (rail,) = [one for one in ann.post("/v1/settlements/reconcile").json() if one["rail"] == "bank"]
    assert (rail["unmatched"], rail["lines_minor"], rail["book_minor"], rail["agrees"]) == (2, 307, 0, False)
    lines = ann.get("/v1/settlements/lines", params={"rail": "bank"}).json()
    assert {(line["line"], line["amount_minor"]) for line in lines} == {(collected, 300), (interest, 7)}

    given = {"rail": "bank", "line": interest, "payment": id_}
    assert code(ann.post("/v1/settlements/lines/match", json=given)) == (409, "payment_refused")
    given = {"rail": "bank", "line": collected, "payment": id_}
    first, again = (ann.post("/v1/settlements/lines/match", json=given) for _ in range(2))
    assert (first.status_code, first.json()["payment"]) == (200, id_)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    booked = {"rail": "bank", "line": interest, "book_as": "interest", "why": "for May"}
    assert ann.post("/v1/settlements/lines/match", json=booked).json()["booked_as"] == "interest"
    assert code(ann.post("/v1/settlements/lines/match", json={**booked, "book_as": "fee"})) == (409, "line_matched")

    assert ann.get(f"/v1/payments/{id_}").json()["state"] == "paid"
    (rail,) = [one for one in ann.post("/v1/settlements/reconcile").json() if one["rail"] == "bank"]
    assert (rail["unmatched"], rail["book_minor"], rail["agrees"]) == (0, 307, True)
    assert ann.get("/v1/settlements/lines").json() == []


def test_a_window_is_settled_by_bank_files_over_http(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, client = person(), closed.client()
    put_at_bank(ann, "bakery", "a1", **BAKERY)
    put_at_bank(ann, "cafe", "a2", name="Café", iban=SHOP_IBAN)
    id_ = sent(closed)
    (file,) = client.get("/v1/bank/files").json()
    assert (file["kind"], file["payments"], file["amount_minor"], file["exported_at"]) == ("direct_debit", 1, 300, None)
    first, again = (ann.post(f"/v1/bank/files/{file['id']}/export").json() for _ in range(2))
    assert first == again
    assert "pain.008" in first["content"]
    assert code(ann.post("/v1/bank/files/9/export")) == (404, "bank_file_not_found")

    path = f"/v1/bank/lines/{at_bank(300, 'B1')}/match"
    (candidate,) = client.get("/v1/bank/lines").json()[0]["candidates"]
    assert (candidate["shop"], candidate["misfit"]) == ("bakery", None)
    assert candidate["reference"] in first["content"]
    assert code(ann.post(path, json={"payments": ["nope"], "note": "x"})) == (404, "attempt_not_found")
    assert ann.post(path, json={"payments": [candidate["payment"]], "note": "by phone"}).json() == {"waiting": 0}
    client.post("/v1/settlements/run")
    assert ann.get(f"/v1/payments/{id_}").json()["state"] == "paid"

    (out,) = [one for one in client.get("/v1/bank/files").json() if one["exported_at"] is None]
    assert out["kind"] == "credit_transfer"
    payment = client.get("/v1/payments", params={"shop": "cafe"}).json()["data"][0]
    given = {"payment": payment["reference"], "why": "the account is closed"}
    assert ann.post("/v1/bank/give-up", json=given).status_code == 200
    assert code(ann.post("/v1/bank/give-up", json=given)) == (409, "attempt_settled")
    assert code(ann.post(f"/v1/bank/files/{out['id']}/export")) == (409, "nothing_to_export")
    bad = {"name": "s.xml", "content": base64.b64encode(b"<x/>").decode()}
    assert code(ann.post("/v1/bank/statements", json=bad)) == (422, "bank_file_unreadable")
    log = {entry["action"] for entry in client.get("/v1/audit-log").json()["data"]}
    assert {"bank_file.export", "bank_file.import", "bank_line.match", "bank_payment.give_up"} <= log


def test_a_leaving_shop_is_bought_out_by_two_people(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    ann, ben = person(), person()
    # Of the 500 points that the bakery issued 300 are spent; the cafe issued 35.
    send(ann, "/v1/deposits", "d1", shop="bakery", amount_minor=150, received="receipt 1")
    assert send(ann, "/v1/shops/bakery/buy-out", "b0")["code"] == "shop_not_leaving"
    there = closed.client().get("/v1/shops/bakery")
    changed = {"If-Match": there.headers["ETag"]}
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
    assert default["borne"][0] == {"source": "deposit", "shop": "bakery", "amount_minor": 100}
    borne = sum(part["amount_minor"] for part in default["borne"])
    assert borne + default["uncovered_minor"] == 300
    assert closed.client().get("/v1/settlements").json()["defaults"] == [default]


def test_a_movement_that_is_nobodys_has_to_be_there_to_be_matched(town: ApiTown) -> None:
    given = {"rail": "by_hand", "line": "x", "book_as": "interest", "why": "bank's"}
    assert town.client().post("/v1/settlements/lines/match", json=given).status_code == 404
    assert town.client().post("/v1/settlements/lines/match", json={**given, "payment": "x"}).status_code == 422
    assert town.client().get("/v1/settlements/lines").json() == []
