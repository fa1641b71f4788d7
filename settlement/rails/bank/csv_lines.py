"""Movements as a table: what people make of the export of a bank that writes no ISO 20022.

UTF-8, separated by commas, the first line is the header; these columns in any order:

booked_on       YYYY-MM-DD
amount          a decimal with a point; negative went out
currency        ISO 4217; may be left out
id              the bank's own id of the movement; may be empty, then all that is said of it stands for it, and
                two that are alike on one day must stand in one file
reference       our reference, where the bank has a field of its own for it; may be left out
text            what the bank shows; may be left out
counterparty    who paid or was paid; may be left out
returned        yes where the bank says that a payment came back; may be left out
"""

import csv
from io import StringIO

from settlement.calendar import Calendar
from settlement.errors import SettlementError
from settlement.rails.bank.errors import BankFileUnreadable, ForeignStatement
from settlement.rails.bank.reported import Entry, Report, Reported, given, minor_of
from settlement.rails.bank.settings import BankSettings

NEEDED = ("booked_on", "amount")
KNOWN = (*NEEDED, "currency", "id", "reference", "text", "counterparty", "returned")
CELL_CHARS = 1_000
_YES = ("yes", "true", "1")


def read_csv(file: str, content: bytes, settings: BankSettings, calendar: Calendar) -> Report:
    """All movements of a table. Raises BankFileUnreadable and ForeignStatement."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BankFileUnreadable(file, f"line {line}", "is not UTF-8 text; save it in that encoding") from None
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    entries = []
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(file, header)
        for row in rows:
            if any(cell.strip() for cell in row):
                place = f"line {rows.line_num}"
                if len(row) != len(header):
                    raise BankFileUnreadable(file, place, f"has {len(row)} cells, and the header {len(header)}")
                cells = {name: cell.strip()[:CELL_CHARS] for name, cell in zip(header, row, strict=True)}
                entries.append(_entry(file, place, cells, settings, calendar))
    except csv.Error as error:
        raise BankFileUnreadable(file, f"line {rows.line_num}", f"is not a row of a table: {error}") from None
    return Report("csv", entries=tuple(entries))


def _check_header(file: str, header: list[str]) -> None:
    wanted = f"the header must have {', '.join(NEEDED)} and may have {', '.join(KNOWN[len(NEEDED) :])}"
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise BankFileUnreadable(file, "line 1", f"{', '.join(missing)} is missing; {wanted}")
    for name in header:
        if name not in KNOWN:
            raise BankFileUnreadable(file, "line 1", f"unknown column {name[:40]!r}; {wanted}")
        if header.count(name) > 1:
            raise BankFileUnreadable(file, "line 1", f"column {name!r} is there twice")


def _entry(file: str, place: str, cells: dict[str, str], settings: BankSettings, calendar: Calendar) -> Entry:
    currency = cells.get("currency") or settings.currency
    if currency.upper() != settings.currency:
        raise ForeignStatement(file, place, f"currency {currency[:10]}", settings.currency)
    minor = minor_of(cells["amount"], settings.minor_digits)
    if not minor:
        said, digits = cells["amount"][:40], settings.minor_digits
        problem = f"amount {said!r} is not a decimal other than 0 with at most {digits} decimals"
        raise BankFileUnreadable(file, place, problem)
    stated = cells["booked_on"]
    try:
        number = int(stated.replace("-", "")) if len(stated) == len("YYYY-MM-DD") else 0
        at = calendar.start_of_day(number)
    except (ValueError, SettlementError):
        raise BankFileUnreadable(file, place, f"booked_on {stated[:40]!r} is not a date; write YYYY-MM-DD") from None
    part = Reported(
        minor=minor,
        end_to_end=given(cells.get("reference", "")),
        returned=cells.get("returned", "").lower() in _YES,
        counterparty=cells.get("counterparty", ""),
        text=cells.get("text", ""),
    )
    return Entry(given(cells.get("id", "")), at, number, (part,))
