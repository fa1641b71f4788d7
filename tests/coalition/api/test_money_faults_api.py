"""The fault table: what money really does, done over HTTP on both databases. After each, the audit is clean, the
journal balances in hledger, and book and rail agree to the cent.
"""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from coalition.access.caller import Role
from tests.support.camt import Entry, Paid
from tests.support.clock import DAY
from tests.support.money_town import MoneyTown
from tests.support.settling import BANK, PAID
from tests.support.stripe_town import StripeTown
from tests.support.town_api import ApiTown

MAY_21 = date(2024, 5, 21)
SEPA_FEE = 35


@pytest.fixture
def money(town: ApiTown, person: Callable[..., TestClient]) -> MoneyTown:
    """A town whose rails are yet to be chosen."""
    return MoneyTown(town, person)


@pytest.fixture
def bank(money: MoneyTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> MoneyTown:
    """Three shops that settle by bank files."""
    path = tmp_path / "bank.toml"
    path.write_text(BANK)
    monkeypatch.setenv("COALITION_BANK", str(path))
    money.at_bank("bakery", "butcher", "cafe")
    return money


@pytest.fixture
def at_bank_paid(bank: MoneyTown) -> dict[str, str]:
    """The bakery's 10.00 and the butcher's 7.00 were collected; the references, by shop."""
    bank.owe(bakery=1_000, butcher=700)
    references = bank.send()
    bank.tell(
        Entry(1_000, MAY_21, "B1", (Paid(1_000, references["bakery"]),)),
        Entry(700, MAY_21, "B2", (Paid(700, references["butcher"]),)),
    )
    bank.run()
    assert {payment["state"] for payment in bank.payments() if payment["route"] == "collect"} == {"paid"}
    return references


@pytest.mark.parametrize(
    ("asked", "came", "net", "next_debt", "next_asked"), [(1_000, 950, -50, 200, 250), (700, 750, 50, 100, 50)]
)
def test_what_comes_too_little_or_too_much_is_carried_and_never_a_default(
    bank: MoneyTown, asked: int, came: int, net: int, next_debt: int, next_asked: int
) -> None:
    bank.owe(bakery=asked)
    references = bank.send()
    assert bank.tell(Entry(came, MAY_21, "B1", (Paid(came, references["bakery"]),)))["waiting"] == 1
    bank.say({references["bakery"]: came})
    bank.run()
    bank.run(days=30)
    assert (bank.open_net("bakery"), bank.defaults()) == ((net, "carry"), [])
    bank.owe(bakery=next_debt)
    bank.send()
    assert bank.collected("bakery")["amount_minor"] == next_asked
    assert bank.is_sound("bank")


def test_a_later_weeks_payment_settles_that_week_and_the_default_is_asked_for_by_its_own(money: MoneyTown) -> None:
    money.owe(bakery=1_000)
    money.run()
    money.run(days=11)
    assert [default["open_minor"] for default in money.defaults()] == [1_000]
    of_default = money.collected("bakery")
    assert (of_default["purpose"], of_default["state"]) == ("default", "sent")
    money.owe(bakery=500)
    money.run()
    of_week = money.collected("bakery")
    assert (of_week["purpose"], of_week["amount_minor"]) == ("net", 500)
    outlook = money.machine.get("/v1/settlements").json()["outlook"]
    mine = {row["for_default"]: row["net_minor"] for row in outlook if row["shop"] == "bakery"}
    assert mine == {False: -500, True: -1_000}
    # 50 too much repay as much of the default.
    for payment, amount_minor in ((of_week, 550), (of_default, 1_000)):
        body = {**PAID, "amount_minor": amount_minor}
        confirmed = money.treasurer.post(f"/v1/payments/{payment['id']}/confirm", json=body)
        assert confirmed.status_code == 200, confirmed.text
        assert sum(default["open_minor"] for default in money.defaults()) == {550: 950, 1_000: 0}[amount_minor]
    money.run()
    assert money.open_net("bakery") == (50, "carry")
    assert money.is_sound("by_hand")


def test_several_that_come_back_in_one_movement_are_owed_again(bank: MoneyTown, at_bank_paid: dict[str, str]) -> None:
    text = " and ".join(at_bank_paid.values())
    assert bank.tell(Entry(-1_700, MAY_21, "B3", (Paid(-1_700, text=text, reason="MD06"),)))["waiting"] == 0
    bank.run()
    assert (bank.open_net("bakery"), bank.open_net("butcher")) == ((-1_000, "retry"), (-700, "retry"))
    assert bank.is_sound("bank")


def test_a_collective_that_is_reversed_is_owed_again_by_everybody(bank: MoneyTown) -> None:
    bank.owe(bakery=1_000, butcher=700)
    bank.send()
    (file,) = bank.machine.get("/v1/bank/files").json()
    message = re.search(r"<MsgId>(.*?)</MsgId>", bank.treasurer.post("/v1/bank/files/1/export").json()["content"])
    assert message, file
    for number, minor in enumerate((1_700, -1_700), start=1):
        imported = bank.tell(Entry(minor, MAY_21, f"B{number}", message=message[1], reversal=minor < 0))
        assert imported["waiting"] == 0
        bank.run()
        assert bank.collected("bakery")["state"] == ("paid" if minor > 0 else "returned")
    assert (bank.open_net("bakery"), bank.open_net("butcher")) == ((-1_000, "retry"), (-700, "retry"))
    assert bank.is_sound("bank")


def test_charges_beside_what_comes_back_are_a_cost_and_no_debt(bank: MoneyTown, at_bank_paid: dict[str, str]) -> None:
    back = Paid(-1_000, at_bank_paid["bakery"], reason="AM04", charges=400)
    assert bank.tell(Entry(-1_400, MAY_21, "B3", (back,)))["waiting"] == 0
    bank.run()
    payment = bank.collected("bakery")
    assert (payment["state"], payment["fee_minor"], bank.open_net("bakery")) == ("returned", 400, (-1_000, "retry"))
    assert bank.is_sound("bank")


def test_details_with_references_and_without_amounts_are_split_by_what_was_asked(bank: MoneyTown) -> None:
    bank.owe(bakery=1_000, butcher=700)
    paid = tuple(Paid(1, reference) for reference in bank.send().values())

    def bare(content: bytes) -> bytes:
        return re.sub(rb"(<TxDtls><Refs>.*?</Refs>)<Amt[^>]*>[^<]*</Amt><CdtDbtInd>CRDT</CdtDbtInd>", rb"\1", content)

    assert bank.tell(Entry(1_700, MAY_21, "B1", paid), change=bare)["waiting"] == 0
    bank.run()
    assert {bank.collected(shop)["state"] for shop in ("bakery", "butcher")} == {"paid"}
    assert bank.is_sound("bank")


def test_statements_that_overlap_a_notification_count_nothing_twice(bank: MoneyTown) -> None:
    bank.owe(bakery=1_000, butcher=700)
    references = bank.send()
    first = Entry(1_000, MAY_21, "N1", (Paid(1_000, references["bakery"]),))
    both = (
        Entry(1_000, MAY_21, "S1", first.paid),
        Entry(700, MAY_21, "S2", (Paid(700, references["butcher"]),)),
    )
    assert bank.tell(first, kind=54)["lines_new"] == 1
    assert bank.tell(*both)["lines_new"] == 1
    again = bank.tell(*both, change=lambda content: content.replace(b"<MsgId>", b"<MsgId>again-"))
    assert (again["lines_new"], again["waiting"]) == (0, 0)
    bank.run()
    assert [bank.collected(shop)["moved_minor"] for shop in ("bakery", "butcher")] == [1_000, 700]
    assert bank.is_sound("bank")


def test_a_return_that_is_imported_after_todays_look_is_booked_by_the_next_run(
    bank: MoneyTown, at_bank_paid: dict[str, str]
) -> None:
    bank.tell(Entry(-1_000, MAY_21, "B3", (Paid(-1_000, at_bank_paid["bakery"], reason="MD06"),)))
    bank.run()
    assert bank.collected("bakery")["state"] == "returned"
    assert bank.is_sound("bank")


def test_a_direct_debt_that_nobody_pays_is_reminded_of_and_then_a_default(money: MoneyTown) -> None:
    money.owe(bakery=1_000)
    code = "https://qr.alipay.com/fkx1"
    account = "/v1/shops/cafe/payment-account"
    headers = {"If-Match": money.machine.get(account).headers["ETag"], "Idempotency-Key": "code"}
    body = {"rail": "by_hand", "details": {"collection_code": "pay me"}}
    assert money.treasurer.put(account, json=body, headers=headers).status_code == 422
    body["details"] = {"collection_code": code}
    assert money.treasurer.put(account, json=body, headers=headers).status_code == 200
    (payment,) = money.treasurer.post("/v1/settlements/direct").json()
    for days in (8, 1):
        assert money.run(days)["defaults"] == []
    detail = money.treasurer.get(f"/v1/payments/{payment['id']}").json()
    assert [step["code"] for step in detail["history"]].count("reminder") == 2
    assert detail["collection_code"] == code
    asked = [event["data"] for event in money.machine.get("/v1/events", params={"limit": 100}).json()["data"]]
    assert [data["participant"] for data in asked if data.get("collection_code") == code] == ["bakery", "cafe"] * 3
    (default,) = money.run(days=10)["defaults"]
    assert (default["shop"], default["owed_minor"]) == ("bakery", 1_000)
    assert money.treasurer.get(f"/v1/payments/{payment['id']}").json()["state"] == "failed"
    assert money.is_sound()


def test_a_direct_debt_that_is_paid_after_the_default_is_repaid_to_those_who_bore_it(
    money: MoneyTown, person: Callable[..., TestClient]
) -> None:
    money.owe(bakery=1_000)
    (payment,) = money.treasurer.post("/v1/settlements/direct").json()
    assert [default["owed_minor"] for default in money.run(days=19)["defaults"]] == [1_000]
    path = f"/v1/payments/{payment['id']}/confirm"
    person(Role.MANAGER, "bakery").post(path, json=PAID)
    received = {"outcome": "received", "evidence": "statement 3"}
    assert person(Role.MANAGER, "cafe").post(path, json=received).json()["state"] == "paid"
    assert money.defaults() == []
    assert (money.open_net("bakery"), money.open_net("cafe")) == ((0, ""), (0, ""))
    assert money.is_sound()


@pytest.fixture
def stripe(at_stripe: StripeTown, money: MoneyTown) -> MoneyTown:
    """The bakery pays by SEPA over Stripe, and the cafe is paid."""
    at_stripe.use_stripe()
    for shop in ("bakery", "cafe"):
        at_stripe.onboard(money.machine, shop)
    at_stripe.work("stripe.refresh")
    return money


@pytest.fixture
def six_euros_a_week(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Stripe lets the alliance collect."""
    monkeypatch.setenv("COALITION_STRIPE_WEEK_MAX", "sepa_debit=6.00")


@pytest.mark.usefixtures("six_euros_a_week")
def test_what_is_more_than_stripe_lets_through_in_a_week_waits_and_says_until_when(
    at_stripe: StripeTown, stripe: MoneyTown
) -> None:
    stripe.owe(bakery=1_000)
    at_stripe.forward(0)
    stripe.run()
    assert sorted((each["state"], each["amount_minor"]) for each in stripe.payments()) in (
        [("planned", 400), ("sent", 600)],
        [("planned", 600), ("sent", 400)],
    )
    (row,) = [each for each in stripe.machine.get("/v1/settlements").json()["outlook"] if each["shop"] == "bakery"]
    assert "at most 6.00 EUR in seven days by `sepa_debit`" in row["why"]
    for _ in range(2):
        at_stripe.forward(8 * DAY)
        stripe.run()
    assert (stripe.open_net("bakery"), stripe.defaults()) == ((0, ""), [])
    assert stripe.is_sound("stripe")


def settled(at_stripe: StripeTown, money: MoneyTown) -> None:
    """The bakery's 10.00 came after a week, and the cafe was paid."""
    money.owe(bakery=1_000)
    at_stripe.forward(0)
    money.run()
    at_stripe.forward(9 * DAY)
    for _ in range(2):
        money.run()
    # Stripe keeps its fee of what came in.
    assert money.collected("bakery")["moved_minor"] == 1_000
    assert money.payments(shop="cafe")[0]["moved_minor"] == 1_000 - SEPA_FEE


@pytest.mark.parametrize("fault", ["refund", "dispute", "transfer reversal"])
def test_a_part_that_comes_back_at_stripe_is_a_debt_or_a_claim_of_that_part(
    at_stripe: StripeTown, stripe: MoneyTown, fault: str
) -> None:
    settled(at_stripe, stripe)
    collected, paid_out = stripe.collected("bakery"), stripe.payments(shop="cafe")[0]
    if fault == "refund":
        at_stripe.refund(collected["reference"], 400)
    elif fault == "dispute":
        at_stripe.control(f"payments/{collected['reference']}/dispute", reason="fraudulent", amount=400)
    else:
        at_stripe.take_back(paid_out["reference"], 400)
    at_stripe.forward(DAY)
    stripe.run()
    if fault == "transfer reversal":
        assert (stripe.payments(shop="cafe")[0]["moved_minor"], stripe.open_net("cafe")) == (
            600 - SEPA_FEE,
            (400 + SEPA_FEE, "retry"),
        )
    else:
        assert (stripe.collected("bakery")["moved_minor"], stripe.open_net("bakery")) == (600, (-400, "retry"))
    assert stripe.is_sound("stripe")


def test_a_debit_that_is_pending_for_twenty_days_is_no_default(at_stripe: StripeTown, stripe: MoneyTown) -> None:
    method = at_stripe.account("bakery")["details"]["payment_method"]
    at_stripe.control(f"payment_methods/{method}", days=15)
    stripe.owe(bakery=1_000)
    at_stripe.forward(0)
    stripe.run()
    for _ in range(20):
        at_stripe.forward(DAY)
        assert stripe.run()["defaults"] == []
    assert stripe.collected("bakery")["state"] == "sent"
    at_stripe.forward(2 * DAY)
    stripe.run()
    assert (stripe.collected("bakery")["state"], stripe.defaults()) == ("paid", [])
    assert stripe.is_sound("stripe")
