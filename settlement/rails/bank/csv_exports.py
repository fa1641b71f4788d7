"""A bank's own table of movements, read by the layout that the settings describe.

Lines before the header are skipped. A row without a date is no movement: totals and remarks stand in such rows, and how
many were left out is told.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from settlement.calendar import EARLIEST, Calendar, day_number, written_date
from settlement.customs import customs_of
from settlement.errors import SettlementError
from settlement.rails.bank.csv_layout import COLUMN_KEYS, LINES_BEFORE_HEADER_MAX, CsvLayout
from settlement.rails.bank.errors import BankFileUnreadable, ForeignStatement
from settlement.rails.bank.identifiers import compact
from settlement.rails.bank.reported import (
    BankEntry,
    BankReport,
    ReportedPayment,
    StatementSpan,
    minor_of,
    reference_or_empty,
)
from settlement.rails.bank.settings import BankSettings
from settlement.sentences import Phrase, reason_of
from settlement.table_file import CellReader, TableFile, TableUnreadable, read_table

KIND = "bank csv"
CELL_CHARS = 1_000
_YES = ("yes", "true", "1", "ja", "oui", "是")
_NO_SIGNS = str.maketrans("", "", "¥￥€£$ \t\u00a0")
Cells = Mapping[str, str]
"""What a row says, by the keys of the layout."""


@dataclass(frozen=True, slots=True)
class _CellForms:
    """How a file writes its cells."""

    layout: CsvLayout
    reader: CellReader
    minor_digits: int

    def minor(self, text: str) -> int:
        """An amount in minor units; zero for an empty cell. Raises ValueError."""
        plain = text.translate(_NO_SIGNS).removeprefix("+")
        minor = minor_of(self.reader.amount(plain), self.minor_digits) if plain not in ("", "-", "--") else 0
        if minor is None:
            raise ValueError(
                Phrase(
                    "{text:name} is not an amount with at most {digits} decimals", text=text, digits=self.minor_digits
                )
            )
        return minor

    def day(self, text: str) -> int:
        """A day as yyyymmdd. Raises ValueError."""
        if not self.layout.date_format:
            return day_number(written_date(self.reader.date(text)[:10], EARLIEST))
        try:
            # A time of day may follow the date.
            read = datetime.strptime(text, self.layout.date_format).date()  # noqa: DTZ007 - a day of the bank's
        except ValueError:
            raise ValueError(Phrase("{date:name} is not a date", date=text)) from None
        return day_number(written_date(read.isoformat(), EARLIEST))


def has_layout(content: bytes, layout: CsvLayout, calendar: Calendar) -> bool:
    """Whether a file is of this layout."""
    try:
        return _is_start(layout, _table(content, layout, calendar).header)
    except TableUnreadable:
        return False


def read_export(file: str, content: bytes, layout: CsvLayout, settings: BankSettings, calendar: Calendar) -> BankReport:
    """All movements of a bank's own table. Raises BankFileUnreadable and ForeignStatement."""
    try:
        table = _table(content, layout, calendar)
    except TableUnreadable as error:
        raise BankFileUnreadable(file, Phrase("line {line}", line=error.line), error.why) from None
    rows = list(_rows(layout, table))
    dated = [(line, cells) for line, cells in rows if cells["booked_on"][:1].isdigit()]
    reader = CellReader(customs_of(calendar.zone), (cells["booked_on"] for _, cells in dated), settings.minor_digits)
    forms = _CellForms(layout, reader, settings.minor_digits)
    entries: list[BankEntry] = []
    balances: list[int] = []
    others: dict[str, Phrase] = {}
    for line, cells in dated:
        place = Phrase("line {line}", line=line)
        other = _other_account(cells, settings)
        if other:
            others.setdefault(other, place)
            continue
        try:
            entry = _entry(layout, cells, forms, calendar)
            balance = forms.minor(cells["balance"])
        except (ValueError, SettlementError) as error:
            raise BankFileUnreadable(file, place, reason_of(error)) from None
        if entry.total:
            entries.append(entry)
            balances.append(balance)
    for account, place in others.items() if not entries else ():
        raise ForeignStatement(file, place, Phrase("account {account}", account=account), settings.own_account)
    left_out = len(rows) - len(dated)
    return BankReport(
        KIND,
        tuple(entries),
        read_as=tuple(reader.form(table)),
        spans=_spans(entries, balances) if layout.balance else (),
        others=tuple(others),
        doubts=(Phrase("{count:number} rows without a date were left out", count=left_out),) if left_out else (),
    )


def _table(content: bytes, layout: CsvLayout, calendar: Calendar) -> TableFile:
    customs = customs_of(calendar.zone)
    if layout.encoding:
        customs = customs._replace(encoding=layout.encoding)
    return read_table(content, customs, lambda cells: _is_start(layout, cells), LINES_BEFORE_HEADER_MAX)


def _is_start(layout: CsvLayout, cells: Sequence[str]) -> bool:
    """Whether a line is the header of the layout, or without one the first movement."""
    if layout.header:
        return {*layout.columns} <= {*cells}
    numbers = [int(name) for name in layout.columns]
    return len(cells) >= max(numbers) and cells[int(layout.booked_on) - 1][:1].isdigit()


def _rows(layout: CsvLayout, table: TableFile) -> Iterator[tuple[int, Cells]]:
    """Each row with its line, by the keys of the layout."""
    at = {name: table.header.index(name) if layout.header else int(name) - 1 for name in layout.columns}
    first = [] if layout.header or not table.header else [(1, table.header)]
    for line, row in (*first, *table.rows):
        if any(row):
            named = {
                key: [row[at[name]] for name in layout.names_of(key) if at[name] < len(row)] for key in COLUMN_KEYS
            }
            yield line, {key: " ".join(filter(None, cells))[:CELL_CHARS] for key, cells in named.items()}


def _other_account(cells: Cells, settings: BankSettings) -> str:
    """The account or currency of a row that is not of the alliance's account; empty where it is."""
    account, currency = compact(cells["account"]), cells["currency"].upper()
    if account and not settings.own_account.endswith(account.lstrip("0")):
        return account
    return "" if currency in ("", settings.currency) else f"{settings.own_account} {currency[:10]}"


def _entry(layout: CsvLayout, cells: Cells, forms: _CellForms, calendar: Calendar) -> BankEntry:
    if layout.amount:
        changed = forms.minor(cells["amount"])
        if cells["direction"].strip() in layout.outgoing and layout.direction:
            changed = -abs(changed)
    else:
        # Some banks write what went out below zero, some do not.
        changed = forms.minor(cells["paid_in"]) - abs(forms.minor(cells["paid_out"]))
    fee = abs(forms.minor(cells["fee"]))
    part = ReportedPayment(
        minor=changed + fee,
        fee_minor=fee,
        end_to_end=reference_or_empty(cells["reference"]),
        returned=cells["returned"].lower() in _YES,
        counterparty=cells["counterparty"],
        text=cells["text"],
    )
    number = forms.day(cells["booked_on"])
    return BankEntry(reference_or_empty(cells["id"]), calendar.start_of_day(number), number, (part,))


def _spans(entries: Sequence[BankEntry], balances: Sequence[int]) -> tuple[StatementSpan, ...]:
    """What the balance beside each movement says of the first and the last, whichever of them the bank writes first."""
    for pairs in (list(zip(entries, balances, strict=True)), list(zip(entries, balances, strict=True))[::-1]):
        steps = pairwise(pairs)
        if pairs and all(before + entry.total == after for (_, before), (entry, after) in steps):
            (first, opening), (last, closing) = pairs[0], pairs[-1]
            return (StatementSpan(first.booked_on, opening - first.total, last.booked_on, closing),)
    return ()
