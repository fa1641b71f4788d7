"""The rail itself: what it refuses, what it gives back, and that its tables are only ever added to."""

from dataclasses import replace
from datetime import date

import pytest

from settlement import DatabaseUnusable, Minor, Phrase
from settlement.rails.bank.tables import BANK_TABLES
from settlement.rails.port import Direction, RailStatus
from tests.support.bank import Bank, attempt, csv_settings, shop_account
from tests.support.camt import Paid

PAY, COLLECT = Direction.PAY, Direction.COLLECT


@pytest.mark.parametrize(
    ("changes", "direction", "why"),
    [
        ({"iban": ""}, PAY, "no IBAN"),
        ({"iban": "NL91ABNA0417164301"}, COLLECT, "check digits"),
        ({"bic": "X"}, PAY, "is not a BIC"),
        ({"name": "☕"}, PAY, "no letter that banks take"),
        ({"mandate_id": ""}, COLLECT, "no mandate"),
        ({"mandate_id": "M_1"}, COLLECT, "mandate id 'M_1'"),
        ({"mandate_signed_on": ""}, COLLECT, "the day on which the mandate was signed"),
        ({"mandate_signed_on": "03.11.2025"}, COLLECT, "the day on which the mandate was signed"),
        ({"mandate_sequence": "XXXX"}, COLLECT, "FRST, RCUR"),
    ],
)
def test_an_account_that_no_file_can_take_has_failed_and_stays_so(
    bank: Bank, changes: dict[str, str], direction: Direction, why: str
) -> None:
    account = shop_account(**changes)
    assert why in bank.rail.problem(account, direction)
    order = attempt("a", direction, account=account)
    assert bank.rail.instruct([order])[0].status is RailStatus.FAILED
    mended = replace(order, account=shop_account())
    assert bank.rail.instruct([mended])[0].status is RailStatus.FAILED
    assert bank.export() == []


def test_a_mandate_is_not_needed_to_be_paid(bank: Bank) -> None:
    assert bank.rail.problem(shop_account(mandate_id="", mandate_signed_on=""), PAY) == ""


def test_another_currency_and_an_amount_beyond_sepa_fail(bank: Bank) -> None:
    most = attempt("a", minor=999_999_999_99)
    orders = [most, replace(most, key="b", minor=Minor(most.minor + 1)), replace(most, key="c", currency="CHF")]
    seen = bank.rail.instruct(orders)
    assert [(observation.status, observation.code) for observation in seen] == [
        (RailStatus.PENDING, ""),
        (RailStatus.FAILED, "amount"),
        (RailStatus.FAILED, "currency"),
    ]
    # Stored with what a translation is made from.
    reasons = [observation.why for observation in bank.rail.observe(orders[1:])]
    assert reasons == [
        "100000000000 minor units is more than one payment of the bank file may be",
        "the account is in EUR, not in CHF",
    ]
    assert [(why.template, dict(why.values)) for why in reasons if isinstance(why, Phrase)] == [
        ("{minor:money} is more than one payment of the bank file may be", {"minor": 100_000_000_000}),
        ("the account is in {own}, not in {other}", {"own": "EUR", "other": "CHF"}),
    ]
    bank.export()


def test_accounts_of_one_alliance_know_nothing_of_each_other(bank: Bank) -> None:
    other = Bank(bank.book, csv_settings(name="other"), bank.clock)
    bank.rail.instruct([attempt("a")])
    other.rail.instruct([attempt("b")])
    assert [seen.status for seen in other.rail.observe([attempt("a"), attempt("b")])] == [
        RailStatus.UNKNOWN,
        RailStatus.PENDING,
    ]
    assert [len(each.export()) for each in (bank, other)] == [1, 1]


@pytest.mark.parametrize("table", [table.name for table in BANK_TABLES])
@pytest.mark.parametrize("verb", ["UPDATE {} SET alliance_id = 2", "DELETE FROM {}"])
def test_what_is_known_is_never_changed(bank: Bank, table: str, verb: str) -> None:
    bank.rail.instruct([attempt("a"), attempt("b", account=shop_account(iban=""))])
    bank.export()
    day = date(2024, 5, 14)
    bank.know_payee(attempt("a"))
    bank.tell(bank.movement(1234, Paid(1234, bank.reference(attempt("a")))), span=(day, 0, day, 1234))
    session = bank.book.database.session()
    try:
        before = session.rows(f"SELECT * FROM {table}")
        assert before
        with pytest.raises(DatabaseUnusable, match=f"{table} is append-only"), session.transaction():
            session.execute(verb.format(table))
        assert session.rows(f"SELECT * FROM {table}") == before
    finally:
        session.close()
