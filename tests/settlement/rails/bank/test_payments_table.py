"""Tables of payments as banks have them: five Chinese ones, and any that the settings describe."""

import csv
import re
from collections.abc import Callable
from io import StringIO

import pytest

from settlement.rails.bank import BankSettingsInvalid, FileKind, payments_table_of
from settlement.rails.port import Direction, PaymentAttempt, RailAccount
from tests.support.bank import Bank, attempt, csv_settings


def read(bank: Bank, order: PaymentAttempt, encoding: str) -> list[list[str]]:
    """The rows of the one file that a payment makes."""
    bank.rail.instruct([order])
    (content,) = bank.export()
    return list(csv.reader(StringIO(content.decode(encoding))))


@pytest.mark.parametrize("template", ["icbc", "ccb", "abc", "boc", "cmb"])
def test_a_chinese_batch_table_has_the_banks_columns_in_its_encoding(
    bank_of: Callable[..., Bank], template: str
) -> None:
    bank = bank_of(csv_settings(currency="CNY", account="6222020200001234567", template=template))
    details = {
        "name": "东街面包店",
        "account": "6217000010001234567",
        "bank": "中国建设银行",
        "bank_code": "105100000017",
    }
    order = attempt("a", Direction.PAY, account=RailAccount("bakery", details), currency="CNY")
    header, row = read(bank, order, "gb18030")
    cells = dict(zip(header, row, strict=True))
    assert {"东街面包店", "6217000010001234567", "12.34", bank.reference(order)} <= {*cells.values()}
    assert next(name for name, cell in cells.items() if cell == "12.34") in ("金额", "转账金额")
    without = RailAccount("bakery", {"account": "6217000010001234567"})
    assert "`bank`" in bank.rail.problem(without, Direction.PAY)


COLUMNS = {
    "编号": "number",
    "账号": "account",
    "户名": "name",
    "币种": "=人民币",
    "备用": "",
    "金额": "amount",
    "附言": "reference",
}


@pytest.mark.parametrize(("header", "encoding"), [(True, "gbk"), (False, "utf-8")])
def test_a_banks_own_table_has_the_columns_that_the_settings_describe(
    bank_of: Callable[..., Bank], *, header: bool, encoding: str
) -> None:
    table = payments_table_of({"columns": COLUMNS, "encoding": encoding, "header": header})
    bank = bank_of(csv_settings(currency="CNY", account="6222020200001234567", payments_table=table))
    account = RailAccount("bakery", {"name": "东街面包店", "account": "6217000010001234567"})
    order = attempt("a", Direction.PAY, account=account, currency="CNY")
    *titles, row = read(bank, order, encoding)
    assert titles == ([[*COLUMNS]] if header else [])
    assert row == ["1", "6217000010001234567", "东街面包店", "人民币", "", "12.34", bank.reference(order)]


@pytest.mark.parametrize(
    ("stated", "why"),
    [
        ({}, "what stands in it"),
        ({"columns": {"a": 1}}, "what stands in it"),
        ({"columns": {"a": "iban"}}, "'iban' can't stand in 'a'; choose one of number"),
        ({"columns": {"a": "account", "b": "amount"}}, "no column has `reference`"),
        ({"columns": COLUMNS, "encoding": "latin"}, "choose one of utf-8"),
        ({"columns": COLUMNS, "header": "no"}, "true or false"),
        ({"columns": COLUMNS, "title": "x"}, "`title` is an unknown key"),
    ],
)
def test_a_table_without_what_a_payment_needs_is_refused(stated: dict[str, object], why: str) -> None:
    with pytest.raises(BankSettingsInvalid, match=re.escape(why)):
        payments_table_of(stated)


def test_a_table_is_described_or_named_and_for_payments_by_table_only() -> None:
    table = payments_table_of({"columns": COLUMNS})
    for wrong in ({"template": "icbc"}, {"pay": FileKind.CREDIT_TRANSFER}):
        with pytest.raises(BankSettingsInvalid, match="payments_table"):
            csv_settings(currency="EUR", payments_table=table, **wrong)
