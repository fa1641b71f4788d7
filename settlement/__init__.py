"""The book and the clearing house. It knows nothing of people, HTTP or web pages.

Each room has its surface: `settlement.ledger`, `.clearing`, `.payments`, `.rails`, `.rails.bank` and `.audit` say what
they offer, and `coalition` reaches no deeper. Here is what all of them share: amounts, calendar, terms and errors.
"""

from settlement.amounts import Minor, Points, apportion, decimal_text, largest_remainder, minor_per_point, written_minor
from settlement.calendar import (
    EARLIEST,
    Calendar,
    Cutoff,
    date_of,
    date_text,
    day_number,
    month_end,
    next_day,
    written_date,
)
from settlement.customs import Customs, customs_of
from settlement.errors import (
    BookExists,
    BookNotFound,
    DatabaseUnusable,
    InstantOutOfRange,
    KeyReused,
    LineNotFound,
    MoneyShort,
    ParticipantUnknown,
    PaymentNotFound,
    PaymentRefused,
    PosterClosed,
    RailUnknown,
    SettlementError,
    TermsNotLater,
    TransactionConflict,
    WindowNotFound,
)
from settlement.facts import ErrorKind, NamedFact
from settlement.sentences import Filler, Phrase, Spoken, quoted, reason_of, restored, stored
from settlement.spreadsheet import guard_cell
from settlement.table_file import CellReader, TableFile, TableUnreadable, read_table
from settlement.terms import Breakage, Funding, Terms
from settlement.text import LINES, ONE_LINE, clean_text, is_text, visible

__all__ = [
    "EARLIEST",
    "LINES",
    "ONE_LINE",
    "BookExists",
    "BookNotFound",
    "Breakage",
    "Calendar",
    "CellReader",
    "Customs",
    "Cutoff",
    "DatabaseUnusable",
    "ErrorKind",
    "Filler",
    "Funding",
    "InstantOutOfRange",
    "KeyReused",
    "LineNotFound",
    "Minor",
    "MoneyShort",
    "NamedFact",
    "ParticipantUnknown",
    "PaymentNotFound",
    "PaymentRefused",
    "Phrase",
    "Points",
    "PosterClosed",
    "RailUnknown",
    "SettlementError",
    "Spoken",
    "TableFile",
    "TableUnreadable",
    "Terms",
    "TermsNotLater",
    "TransactionConflict",
    "WindowNotFound",
    "apportion",
    "clean_text",
    "customs_of",
    "date_of",
    "date_text",
    "day_number",
    "decimal_text",
    "guard_cell",
    "is_text",
    "largest_remainder",
    "minor_per_point",
    "month_end",
    "next_day",
    "quoted",
    "read_table",
    "reason_of",
    "restored",
    "stored",
    "visible",
    "written_date",
    "written_minor",
]
