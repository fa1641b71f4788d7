"""Files as tables, UTF-8 with a byte order mark, for banks of any country and for the shops.

Payments, one a row:
    reference, name, account, bank, amount, currency, execute_on, text
Requests, one a row, for who is to send money to the alliance:
    reference, participant, name, amount, currency, due_on, pay_to, pay_to_account, pay_to_bank, text

Where the settings name or describe a bank's batch table, payments have its columns and encoding in their place.

`reference` must come back on the alliance's statement: it is how a movement is told. Amounts are decimals with a
point, dates YYYY-MM-DD. Text from outside that a spreadsheet would run as a formula has an apostrophe before it.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import StringIO

from settlement.amounts import decimal_text
from settlement.calendar import date_text
from settlement.rails.bank.facts import BankFileItem
from settlement.rails.bank.identifiers import qr_reference_of
from settlement.rails.bank.national import is_qr_iban
from settlement.rails.bank.payments_table import PaymentsTable
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.port import Direction, RailAccount
from settlement.sentences import Phrase
from settlement.spreadsheet import guard_cell

PAYMENT_COLUMNS = ("reference", "name", "account", "bank", "amount", "currency", "execute_on", "text")
REQUEST_COLUMNS = (
    "reference",
    "participant",
    "name",
    "amount",
    "currency",
    "due_on",
    "pay_to",
    "pay_to_account",
    "pay_to_bank",
    "text",
)


DETAILS = ("name", "account", "iban", "bank", "bic", "bank_code", "branch", "province", "city")
"""What a table of ours says of an account."""


def account_problem(settings: BankSettings, account: RailAccount, direction: Direction) -> str:
    """Why a participant can't be in such a file; empty where it can.

    Details: `name` (the participant where it is left out); to pay also `account` or `iban`, and what else the columns
    of a bank's batch table ask for.
    """
    if direction is Direction.PAY and not account_number(account.details):
        return Phrase("no number of the account to pay to")
    table = settings.batch_table if direction is Direction.PAY else None
    cells = [] if table is None else table.cells
    missing = [cell for cell in ("bank", "bank_code") if cell in cells and not account.details.get(cell)]
    return Phrase("{details:code} is missing, which the bank's table asks for", details=missing) if missing else ""


def account_number(details: Mapping[str, str]) -> str:
    """The number of a participant's account, whichever kind it has."""
    return (details.get("account") or details.get("iban") or "").strip()


def csv_file(settings: BankSettings, kind: FileKind, items: Sequence[BankFileItem]) -> bytes:
    """The table of a file."""
    if kind is FileKind.PAYMENTS_CSV and settings.batch_table is not None:
        return _batch_table(settings, settings.batch_table, items)
    if kind is FileKind.PAYMENTS_CSV:
        return csv_table(PAYMENT_COLUMNS, (_payment(settings, item) for item in items))
    return csv_table(REQUEST_COLUMNS, (_request(settings, item) for item in items))


def _batch_table(settings: BankSettings, table: PaymentsTable, items: Sequence[BankFileItem]) -> bytes:
    """A bank's own batch table."""
    file = StringIO()
    writer = csv.writer(file, lineterminator="\r\n")
    if table.header:
        writer.writerow(title for title, _ in table.columns)
    for number, item in enumerate(items, start=1):
        known = {
            **item.details,
            "number": str(number),
            "name": item.details.get("name") or item.participant,
            "account": account_number(item.details),
            "amount": decimal_text(item.minor, settings.minor_digits),
            "currency": settings.currency,
            "execute_on": date_text(item.due_on),
            "reference": item.reference,
            "text": item.text,
        }
        writer.writerow(guard_cell(cell) for cell in table.row(known))
    return file.getvalue().encode(table.encoding)


def csv_table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """A table as bytes. Without the byte order mark spreadsheets misread all but ASCII."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")


def _payment(settings: BankSettings, item: BankFileItem) -> tuple[str, ...]:
    return (
        item.reference,
        guard_cell(item.details.get("name") or item.participant),
        guard_cell(account_number(item.details)),
        guard_cell(item.details.get("bank") or item.details.get("bic", "")),
        decimal_text(item.minor, settings.minor_digits),
        settings.currency,
        date_text(item.due_on),
        guard_cell(item.text),
    )


def _request(settings: BankSettings, item: BankFileItem) -> tuple[str, ...]:
    reference = qr_reference_of(item.reference) if is_qr_iban(settings.account) else item.reference
    return (
        reference,
        guard_cell(item.participant),
        guard_cell(item.details.get("name") or item.participant),
        decimal_text(item.minor, settings.minor_digits),
        settings.currency,
        date_text(item.due_on),
        guard_cell(settings.holder),
        guard_cell(settings.account),
        guard_cell(settings.bic),
        guard_cell(item.text),
    )
