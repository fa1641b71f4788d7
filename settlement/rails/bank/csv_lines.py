"""Movements as a table: what people make of the export of a bank that writes no ISO 20022.

The first line is the header. It is UTF-8 with commas, or what a spreadsheet of the alliance's country writes; these
columns in any order:

booked_on       YYYY-MM-DD
amount          a decimal; negative went out
currency        ISO 4217; may be left out
id              the bank's own id of the movement; may be empty, then all that is said of it stands for it, and
                two that are alike on one day must stand in one file
reference       our reference, where the bank has a field of its own for it; may be left out
text            what the bank shows; may be left out
counterparty    who paid or was paid; may be left out
returned        yes where the bank says that a payment came back; may be left out
"""

from settlement.calendar import EARLIEST, Calendar, day_number, written_date
from settlement.customs import customs_of
from settlement.errors import SettlementError
from settlement.rails.bank.errors import BankFileUnreadable, ForeignStatement
from settlement.rails.bank.reported import BankEntry, BankReport, ReportedPayment, minor_of, reference_or_empty
from settlement.rails.bank.settings import BankSettings
from settlement.sentences import Phrase, reason_of
from settlement.table_file import CellReader, TableUnreadable, read_table

NEEDED = ("booked_on", "amount")
KNOWN = (*NEEDED, "currency", "id", "reference", "text", "counterparty", "returned")
CELL_CHARS = 1_000
_YES = ("yes", "true", "1")


def read_csv(file: str, content: bytes, settings: BankSettings, calendar: Calendar) -> BankReport:
    """All movements of a table. Raises BankFileUnreadable and ForeignStatement."""
    customs = customs_of(calendar.zone)
    try:
        table = read_table(content, customs, lambda header: {*NEEDED} <= {*header})
    except TableUnreadable as error:
        raise BankFileUnreadable(file, Phrase("line {line}", line=error.line), error.why) from None
    header = table.header
    _check_header(file, header)
    rows = [(line, row) for line, row in table.rows if any(row)]
    day = header.index("booked_on")
    reader = CellReader(customs, (row[day] for _, row in rows if len(row) > day), settings.minor_digits)
    entries = []
    for line, row in rows:
        place = Phrase("line {line}", line=line)
        if len(row) != len(header):
            raise BankFileUnreadable(
                file,
                place,
                Phrase("the row has {cells} cells, and the header {columns}", cells=len(row), columns=len(header)),
            )
        cells = {name: cell[:CELL_CHARS] for name, cell in zip(header, row, strict=True)}
        try:
            cells |= {"booked_on": reader.date(cells["booked_on"]), "amount": reader.amount(cells["amount"])}
        except ValueError as error:
            raise BankFileUnreadable(file, place, reason_of(error)) from None
        entries.append(_entry(file, place, cells, settings, calendar))
    return BankReport("csv", entries=tuple(entries), read_as=tuple(reader.form(table)))


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
    try:
        number = day_number(written_date(cells["booked_on"], EARLIEST))
        at = calendar.start_of_day(number)
    except (ValueError, SettlementError) as error:
        raise BankFileUnreadable(file, place, Phrase("booked_on: {reason}", reason=reason_of(error))) from None
    part = ReportedPayment(
        minor=minor,
        end_to_end=reference_or_empty(cells.get("reference", "")),
        returned=cells.get("returned", "").lower() in _YES,
        counterparty=cells.get("counterparty", ""),
        text=cells.get("text", ""),
    )
    return BankEntry(reference_or_empty(cells.get("id", "")), at, number, (part,))
