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
from settlement.rails.bank.reported import BankEntry, BankReport, ReportedPayment, minor_of, reference_or_empty
from settlement.rails.bank.settings import BankSettings
from settlement.sentences import Phrase

NEEDED = ("booked_on", "amount")
KNOWN = (*NEEDED, "currency", "id", "reference", "text", "counterparty", "returned")
CELL_CHARS = 1_000
_YES = ("yes", "true", "1")


def read_csv(file: str, content: bytes, settings: BankSettings, calendar: Calendar) -> BankReport:
    """All movements of a table. Raises BankFileUnreadable and ForeignStatement."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise BankFileUnreadable(
            file, Phrase("line {line}", line=line), Phrase("this is not UTF-8 text; save it in that encoding")
        ) from None
    rows = csv.reader(StringIO(text, newline=""), strict=True)
    entries = []
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(file, header)
        for row in rows:
            if any(cell.strip() for cell in row):
                place = Phrase("line {line}", line=rows.line_num)
                if len(row) != len(header):
                    raise BankFileUnreadable(
                        file,
                        place,
                        Phrase(
                            "the row has {cells} cells, and the header {columns}", cells=len(row), columns=len(header)
                        ),
                    )
                cells = {name: cell.strip()[:CELL_CHARS] for name, cell in zip(header, row, strict=True)}
                entries.append(_entry(file, place, cells, settings, calendar))
    except csv.Error as error:
        raise BankFileUnreadable(
            file,
            Phrase("line {line}", line=rows.line_num),
            Phrase("this is not a row of a table ({reason})", reason=error),
        ) from None
    return BankReport("csv", entries=tuple(entries))


def _check_header(file: str, header: list[str]) -> None:
    wanted = Phrase("the header must have {needed} and may have {more}", needed=NEEDED, more=KNOWN[len(NEEDED) :])
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise BankFileUnreadable(
            file,
            Phrase("line {line}", line=1),
            Phrase("{columns} is missing; {wanted}", columns=missing, wanted=wanted),
        )
    for name in header:
        if name not in KNOWN:
            raise BankFileUnreadable(
                file,
                Phrase("line {line}", line=1),
                Phrase("unknown column {column:name}; {wanted}", column=name, wanted=wanted),
            )
        if header.count(name) > 1:
            raise BankFileUnreadable(
                file, Phrase("line {line}", line=1), Phrase("column {column:name} appears twice", column=name)
            )


def _entry(file: str, place: str, cells: dict[str, str], settings: BankSettings, calendar: Calendar) -> BankEntry:
    currency = cells.get("currency") or settings.currency
    if currency.upper() != settings.currency:
        raise ForeignStatement(file, place, Phrase("currency {currency}", currency=currency[:10]), settings.currency)
    minor = minor_of(cells["amount"], settings.minor_digits)
    if not minor:
        problem = Phrase(
            "amount {text:name} is not a decimal other than 0 with at most {digits} decimals",
            text=cells["amount"],
            digits=settings.minor_digits,
        )
        raise BankFileUnreadable(file, place, problem)
    stated = cells["booked_on"]
    try:
        number = int(stated.replace("-", "")) if len(stated) == len("YYYY-MM-DD") else 0
        at = calendar.start_of_day(number)
    except (ValueError, SettlementError):
        raise BankFileUnreadable(
            file, place, Phrase("booked_on {date:name} is not a date; write YYYY-MM-DD", date=stated)
        ) from None
    part = ReportedPayment(
        minor=minor,
        end_to_end=reference_or_empty(cells.get("reference", "")),
        returned=cells.get("returned", "").lower() in _YES,
        counterparty=cells.get("counterparty", ""),
        text=cells.get("text", ""),
    )
    return BankEntry(reference_or_empty(cells.get("id", "")), at, number, (part,))
