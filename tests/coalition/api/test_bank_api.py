"""Bank files over HTTP, and where a shop's credits go."""

import base64
from collections.abc import Callable
from datetime import date
from functools import partial

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from coalition.payments.import_bank_file import IMPORT_ALONE_MINOR_MAX
from tests.support.bank import SHOP_IBAN
from tests.support.camt import OWN_IBAN, AccountStatement, Entry, camt, camt_of, pain_002
from tests.support.settling import BAKERY_AT_BANK, PAID, code, import_file, put_at_bank, sent, sound
from tests.support.town_api import ApiTown

CAFE = "/v1/shops/cafe/payment-account"


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
    assert (
        put(
            manager, key="a2", name="Café", iban=SHOP_IBAN, mandate_id="M-1", mandate_signed_on="2024-01-02"
        ).status_code
        == 200
    )

    asked = put(manager, key="a3", name="Café", iban=OWN_IBAN)
    assert (asked.status_code, iban()) == (202, SHOP_IBAN)
    approval = asked.json()["approval"]
    assert put(manager, key="a3", name="Café", iban=OWN_IBAN).json()["approval"] == approval
    assert code(put(closed.client(), key="a4", name="Café", iban=OWN_IBAN)) == (403, "person_needed")
    assert manager.post(f"/v1/approvals/{approval}/approve").status_code == 403
    payload = ann.get(f"/v1/approvals/{approval}").json()["payload"]
    assert (payload["old.iban"], payload["new.iban"]) == (SHOP_IBAN, OWN_IBAN)
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


@pytest.mark.parametrize(
    ("details", "why"),
    [
        ({"iban": SHOP_IBAN[:-1] + "9"}, "has a typing error; its check digits don't fit"),
        ({"iban": SHOP_IBAN[:-1]}, "characters, and those of NL have 18"),
        ({"name": "Café"}, "there is no IBAN"),
        ({"iban": SHOP_IBAN, "bic": "COBA"}, "is not a BIC"),
        ({"ibna": SHOP_IBAN}, "`ibna` is none of `name`, `iban`"),
        ({"iban": SHOP_IBAN, "mandate_id": "M-1"}, "the day on which the mandate was signed is missing"),
        ({"iban": SHOP_IBAN, "mandate_signed_on": "2024-01-02"}, "there is no mandate"),
    ],
)
def test_an_account_is_checked_as_it_is_typed(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str], details: dict[str, str], why: str
) -> None:
    refused = put_at_bank(person(), "cafe", "a1", **details)
    assert code(refused) == (422, "invalid")
    assert [field["field"] for field in refused.json()["fields"]] == ["details"]
    assert why in refused.json()["detail"]
    assert closed.client().get(CAFE).json()["details"] == {}


def test_a_first_account_of_a_shop_that_was_paid_before_takes_two_people(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann = person()
    ann.post(f"/v1/payments/{sent(closed)}/confirm", json=PAID)
    assert closed.client().post("/v1/settlements/run").json()["paying"] == 1
    assert put_at_bank(ann, "cafe", "a1", name="Café", iban=SHOP_IBAN).status_code == 202


def test_a_statements_movement_is_matched_by_hand_to_its_payment_or_booked_under_a_name(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann = person(Role.OWNER)
    assert put_at_bank(ann, "bakery", "a1", **BAKERY_AT_BANK).json()["collect_problem"] is None
    id_ = sent(closed)
    collected = at_bank(300, "B1")
    aside = {"payments": [], "note": "not by its reference"}
    assert ann.post(f"/v1/bank/lines/{collected}/match", json=aside).json() == {"waiting": 0}
    assert code(ann.post(f"/v1/bank/lines/{collected}/match", json=aside)) == (409, "bank_line_settled")
    interest = at_bank(7, "B2")
    ann.post(f"/v1/bank/lines/{interest}/match", json=aside)

    (rail,) = [each for each in ann.post("/v1/settlements/reconcile").json() if each["rail"] == "bank"]
    assert (rail["unmatched"], rail["lines_minor"], rail["book_minor"], rail["agrees"]) == (2, 307, 0, False)
    lines = ann.get("/v1/settlements/lines", params={"rail": "bank"}).json()
    assert {(line["line"], line["amount_minor"]) for line in lines} == {(collected, 300), (interest, 7)}

    body = {"rail": "by_hand", "line": interest, "payment": id_}
    assert code(ann.post("/v1/settlements/lines/match", json=body)) == (404, "line_not_found")
    body = {"rail": "bank", "line": collected, "payment": id_}
    first, again = (ann.post("/v1/settlements/lines/match", json=body) for _ in range(2))
    assert (first.status_code, first.json()["payment"]) == (200, id_)
    assert (again.json(), again.headers["Idempotent-Replayed"]) == (first.json(), "true")
    booked = {"rail": "bank", "line": interest, "book_as": "interest", "why": "for May"}
    assert ann.post("/v1/settlements/lines/match", json=booked).json()["booked_as"] == "interest"
    assert code(ann.post("/v1/settlements/lines/match", json={**booked, "book_as": "fee"})) == (409, "line_matched")

    assert ann.get(f"/v1/payments/{id_}").json()["state"] == "paid"
    (rail,) = [each for each in ann.post("/v1/settlements/reconcile").json() if each["rail"] == "bank"]
    assert (rail["unmatched"], rail["book_minor"], rail["agrees"]) == (0, 307, True)
    assert ann.get("/v1/settlements/lines").json() == []


def test_a_window_is_settled_by_bank_files_over_http(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, client = person(), closed.client()
    put_at_bank(ann, "bakery", "a1", **BAKERY_AT_BANK)
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

    (out,) = [each for each in client.get("/v1/bank/files").json() if each["exported_at"] is None]
    assert out["kind"] == "credit_transfer"
    payment = client.get("/v1/payments", params={"shop": "cafe"}).json()["data"][0]
    assert client.get(f"/v1/payments/{payment['id']}").json()["payee_check"] is None
    import_file(client, pain_002("M", [(payment["reference"], "RVNM", "")]))
    assert client.get(f"/v1/payments/{payment['id']}").json()["payee_check"]["match"] == "no_match"
    body = {"payment": payment["reference"], "why": "the account is closed"}
    assert ann.post("/v1/bank/give-up", json=body).status_code == 200
    assert code(ann.post("/v1/bank/give-up", json=body)) == (409, "attempt_settled")
    assert code(ann.post(f"/v1/bank/files/{out['id']}/export")) == (409, "nothing_to_export")
    bad = {"name": "s.xml", "content": base64.b64encode(b"<x/>").decode()}
    assert code(ann.post("/v1/bank/statements", json=bad)) == (422, "bank_file_unreadable")
    assert ann.post("/v1/bank/statements", json={"name": "s.xml", "content": "a"}).status_code == 422
    log = {entry["action"] for entry in client.get("/v1/audit-log").json()["data"]}
    assert {"bank_file.export", "bank_file.import", "bank_line.match", "bank_payment.give_up"} <= log


def test_a_movement_that_is_nobodys_has_to_be_there_to_be_matched(town: ApiTown) -> None:
    body = {"rail": "by_hand", "line": "x", "book_as": "interest", "why": "bank's"}
    assert town.client().post("/v1/settlements/lines/match", json=body).status_code == 404
    assert town.client().post("/v1/settlements/lines/match", json={**body, "payment": "x"}).status_code == 422
    assert town.client().get("/v1/settlements/lines").json() == []


def test_a_line_is_split_over_payments_with_an_amount_for_each(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann = person()
    put_at_bank(ann, "bakery", "a1", **BAKERY_AT_BANK)
    id_ = sent(closed)
    ann.post("/v1/bank/files/1/export")
    path = f"/v1/bank/lines/{at_bank(350, 'B1')}/match"
    body = {"payments": [f"{id_}-1"], "amounts_minor": [300], "note": "the rest is another's"}
    assert code(ann.post(path, json={**body, "amounts_minor": [351]})) == (409, "line_does_not_fit")
    assert ann.post(path, json=body).json() == {"waiting": 1}
    assert [line["amount_minor"] for line in ann.get("/v1/bank/lines").json()] == [50]
    closed.client().post("/v1/settlements/run")
    assert ann.get(f"/v1/payments/{id_}").json()["coverage"] == "paid"


def test_of_a_payment_by_hand_a_part_is_confirmed(closed: ApiTown, person: Callable[..., TestClient]) -> None:
    ann, id_ = person(), sent(closed)
    body = {"outcome": "paid", "evidence": "receipt 17", "amount_minor": 250}
    confirmed = [ann.post(f"/v1/payments/{id_}/confirm", json=body) for _ in range(2)]
    assert [(each.status_code, each.json()["moved_minor"]) for each in confirmed] == [(200, 250)] * 2
    more = {"outcome": "paid", "evidence": "receipt 18", "amount_minor": 50}
    assert ann.post(f"/v1/payments/{id_}/confirm", json=more).json()["coverage"] == "paid"
    assert sound(closed)


def test_a_missing_statement_is_told_until_it_comes(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    client = closed.client()
    days = [date(2024, 5, day) for day in (13, 14, 15)]
    monday, tuesday, wednesday = (
        camt([Entry(minor, day, f"B{minor}")], span=(day, opening, day, opening + minor))
        for day, minor, opening in zip(days, (100, 20, 3), (0, 100, 120), strict=True)
    )
    assert import_file(client, monday).json()["missing"] == []
    late = import_file(client, wednesday).json()
    gap = {"after": "2024-05-13", "before": "2024-05-15", "change_minor": 20}
    assert (late["missing"], client.get("/v1/bank/missing-statements").json()) == ([gap], [gap])
    assert import_file(client, tuesday).json()["missing"] == []
    # A statement of all three days beside them changes nothing.
    week = camt([], span=(days[0], 0, days[2], 123))
    assert import_file(client, week).json()["missing"] == []
    assert client.get("/v1/bank/missing-statements").json() == []


def test_a_file_with_other_accounts_beside_ours_names_them(closed: ApiTown, at_bank: Callable[..., str]) -> None:
    day = date(2024, 5, 14)
    theirs = AccountStatement([Entry(9, day, "B9")], SHOP_IBAN)
    ours = AccountStatement([Entry(7, day, "B7")], span=(day, 0, day, 8))
    imported = import_file(closed.client(), camt_of([theirs, ours])).json()
    assert (imported["lines_new"], imported["other_accounts"]) == (1, [SHOP_IBAN])
    assert "0.07" in imported["doubts"][0]
    assert "0.08" in imported["doubts"][0]
    assert code(import_file(closed.client(), camt([], iban=SHOP_IBAN))) == (422, "foreign_statement")
    refused = import_file(closed.client(), b"%PDF-1.7", "Auszug.pdf")
    assert code(refused) == (422, "bank_file_unreadable")
    assert "PDF" in refused.json()["detail"]


def test_what_a_made_up_statement_says_takes_two_people_above_a_limit(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, ben, key = person(), person(), closed.client()

    def statement(minor: int, ref: str) -> bytes:
        return camt([Entry(minor, date(2024, 5, 14), ref)])

    large, small = statement(-IMPORT_ALONE_MINOR_MAX - 1, "B1"), statement(IMPORT_ALONE_MINOR_MAX, "B2")
    assert code(import_file(key, large)) == (403, "person_needed")
    assert [code(import_file(ann, large)) for _ in range(2)] == [(409, "approval_awaited")] * 2
    assert closed.client().get("/v1/bank/lines").json() == []
    (waiting,) = key.get("/v1/approvals", params={"status": "pending"}).json()["data"]
    asked = waiting["payload"]
    assert (asked["received_minor"], asked["paid_minor"]) == (0, IMPORT_ALONE_MINOR_MAX + 1)
    assert ben.post(f"/v1/approvals/{waiting['id']}/approve").json()["status"] == "done"
    # Only the file that was approved, and once; after that it brings nothing new, and takes nobody.
    assert code(import_file(ann, statement(-IMPORT_ALONE_MINOR_MAX - 2, "B1"))) == (409, "approval_awaited")
    assert [import_file(ann, large).json()["lines_new"] for _ in range(2)] == [1, 0]
    # Small ones are one sum, whoever approves something else.
    assert import_file(ann, small).json()["lines_new"] == 1
    assert code(import_file(ann, statement(1, "B3"))) == (409, "approval_awaited")
    assert import_file(key, statement(1, "B4")).json()["lines_new"] == 1


def test_payments_that_a_file_says_were_refused_count_too(
    closed: ApiTown, person: Callable[..., TestClient], at_bank: Callable[..., str]
) -> None:
    ann, client = person(), closed.client()
    put_at_bank(ann, "bakery", "a1", **BAKERY_AT_BANK)
    id_ = sent(closed)
    assert ann.post("/v1/bank/files/1/export").status_code == 200
    limit = {"alone_max": 299}
    headers = {"Idempotency-Key": "l1", "If-Match": "*"}
    owner = person(Role.OWNER)
    assert owner.put("/v1/approval-limits/import_bank_file", json=limit, headers=headers).status_code == 200
    reference = client.get(f"/v1/payments/{id_}").json()["reference"]
    report = pain_002("M1", [(reference, "RJCT", "AC01")])
    assert code(import_file(ann, report)) == (409, "approval_awaited")
    (waiting,) = client.get("/v1/approvals", params={"status": "pending"}).json()["data"]
    assert waiting["payload"]["refused_minor"] == 300
