"""The file that states an alliance's own account at its bank.

    holder = "Altstadt Verbund e.V."       # as it stands on the account
    account = "DE89 3704 0044 0532 0130 00"
    bic = "COBADEFFXXX"                     # may be left out within SEPA
    creditor_id = "DE98ZZZ09999999999"      # to collect by direct debit
    pay = "credit_transfer"                 # or payments_csv
    collect = "direct_debit"                # or requests_csv: the shops send the money themselves

What may be left out beside: name (of the rail, where there are several accounts), debit_scheme (CORE or B2B),
transfer_schema and debit_schema (the version of the message that the bank takes), transfer_lead_days and
debit_lead_days (TARGET days before the day of execution), request_days (until a request that nobody paid has
failed), return_days (for how long a paid debit can come back).

SEPA beside: street, building, postcode, town and country (your address, needed for payees in Switzerland, the United
Kingdom and others outside the EEA), instant = true (SEPA Instant), execution_time = "14:30".
Switzerland: transfer_schema = "pain.001.001.09.ch.03". United States: pay = "ach_credit", collect = "ach_debit",
routing and company_id. United Kingdom: pay = "bacs_credit", collect = "bacs_debit", sort_code and service_user. China:
pay = "payments_csv" with template = "icbc", "ccb", "abc", "boc" or "cmb", the batch table of that bank.

Where the bank's own table of payments has other columns, say once what stands in each, in their order:

    [payments_table]
    encoding = "gbk"                        # utf-8 where it is left out; header = false for no titles
    [payments_table.columns]
    "收款账号" = "account"
    "收款户名" = "name"
    "收款银行" = "bank"                      # or bank_code, branch, province, city
    "金额" = "amount"
    "币种" = "=人民币"                       # a text that stands in every row; "" for an empty column
    "用途" = "reference"                     # and number, currency, execute_on, text

Where the bank writes tables of its own, say once which column is which; the names are those of its header:

    [csv]
    booked_on = "Buchungstag"
    amount = "Betrag"                       # or paid_in and paid_out; or amount, direction and outgoing = ["S"]
    text = ["Verwendungszweck", "Buchungstext"]
    counterparty = "Beguenstigter/Zahlungspflichtiger"

and, where the table has them: fee, balance, currency, id, reference, returned, account, encoding, date_format (as in
Python: "%Y%m%d"), header = false (columns are then numbers from 1). `coalition bank try FILE` shows what is read.
"""

import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from coalition.errors import unreadable
from coalition.payments.bank_errors import BankSettingsFileInvalid
from settlement import Phrase, clean_text, is_text, quoted
from settlement.ledger import BookSettings
from settlement.rails.bank import (
    BankSettings,
    BankSettingsInvalid,
    CsvLayout,
    FileKind,
    PaymentsTable,
    layout_of,
    payments_table_of,
)

TEXTS = (
    "holder", "account", "name", "bic", "creditor_id", "debit_scheme", "transfer_schema", "debit_schema", "street",
    "building", "postcode", "town", "country", "execution_time", "template", "routing", "company_id", "sort_code",
    "service_user",
)  # fmt: skip
KINDS = ("pay", "collect")
NUMBERS = ("transfer_lead_days", "debit_lead_days", "request_days", "return_days")
SWITCHES = ("instant",)
TABLES: Mapping[str, Callable[[Mapping[str, object]], CsvLayout | PaymentsTable]] = {
    "csv": layout_of,
    "payments_table": payments_table_of,
}
NEEDED = ("holder", "account")


def read_bank(path: Path, book: BookSettings) -> BankSettings:
    """Read the file; the currency is the alliance's. Raises FileUnreadable and BankSettingsFileInvalid."""
    try:
        stated = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise unreadable(path, error) from None
    except (ValueError, RecursionError) as error:
        raise BankSettingsFileInvalid(path, Phrase("it is not TOML ({reason})", reason=error)) from None
    tables = {key: stated.pop(key) for key in TABLES if key in stated}
    values = {key: _value(path, key, value) for key, value in stated.items()}
    values |= {key: _table(path, key, table) for key, table in tables.items()}
    for key in NEEDED:
        if key not in values:
            raise BankSettingsFileInvalid(path, Phrase("{key:code} is missing", key=key))
    return _settings(path, book, values)


def _settings(path: Path, book: BookSettings, values: Mapping[str, Any]) -> BankSettings:
    try:
        return BankSettings(currency=book.currency, minor_digits=book.minor_digits, **values)
    except BankSettingsInvalid as error:
        raise BankSettingsFileInvalid(
            path, Phrase("{field:code}: {problem}", field=error.field, problem=error.problem)
        ) from None


def _table(path: Path, key: str, stated: object) -> CsvLayout | PaymentsTable:
    if not isinstance(stated, dict):
        raise BankSettingsFileInvalid(path, Phrase("{key:code} must be a table", key=key))
    try:
        return TABLES[key](stated)
    except BankSettingsInvalid as error:
        raise BankSettingsFileInvalid(
            path, Phrase("{field:code}: {problem}", field=error.field, problem=error.problem)
        ) from None


def _value(path: Path, key: str, value: object) -> object:
    if key in TEXTS and isinstance(value, str) and is_text(value):
        return clean_text(value)
    if key in NUMBERS and isinstance(value, int) and not isinstance(value, bool):
        return value
    if key in SWITCHES and isinstance(value, bool):
        return value
    if key in KINDS and value in list(FileKind):
        return FileKind(str(value))
    if key not in (*TEXTS, *NUMBERS, *SWITCHES, *KINDS):
        known = ", ".join((*TEXTS, *KINDS, *NUMBERS, *SWITCHES, *TABLES))
        raise BankSettingsFileInvalid(
            path, Phrase("{key:code} is an unknown key; the keys are {known}", key=key, known=known)
        )
    wanted = (
        Phrase("a text")
        if key in TEXTS
        else Phrase("a whole number")
        if key in NUMBERS
        else Phrase("true or false")
        if key in SWITCHES
        else Phrase("one of {choices:code}", choices=[*FileKind])
    )
    text = quoted(value) if isinstance(value, str) else str(value)
    raise BankSettingsFileInvalid(
        path, Phrase("{key:code} must be {wanted}, not {text}", key=key, wanted=wanted, text=text)
    )
