"""A rail by bank files: SEPA messages and tables go out, statements and status reports come in.

`export.py` freezes a file for the bank, `intake.py` imports a file from it, `matching.py` finds the payment that a line
belongs to, `review.py` has the decisions that people make, and `balances.py` says which statements are missing. Formats
out, by `formats.py`: `sepa.py`, `ach.py`, `bacs.py`, `csv_files.py` by a `payments_table.py`, with facts of single
countries in `national.py`.
Formats in, told apart by `reading.py`: `camt.py`, `mt940.py`, `status_report.py`,
`csv_lines.py`, and `csv_exports.py` by a `csv_layout.py`.
"""

from settlement.rails.bank.balances import MissingStatement, gaps
from settlement.rails.bank.csv_layout import CsvLayout, layout_of
from settlement.rails.bank.errors import BankError, BankSettingsInvalid
from settlement.rails.bank.export import BankExport, bank_files, export_file
from settlement.rails.bank.facts import BankLine, BankMatch
from settlement.rails.bank.identifiers import bic_problem, iban_problem, mandate_problem, reference_of
from settlement.rails.bank.intake import (
    BankFileRead,
    BankFileValue,
    BankImport,
    import_file,
    import_read,
    new_value,
    read_bank_file,
)
from settlement.rails.bank.payments_table import PaymentsTable, payments_table_of
from settlement.rails.bank.rail import BankRail
from settlement.rails.bank.reading import read_files
from settlement.rails.bank.reported import BankReport, StatementSpan
from settlement.rails.bank.review import (
    MatchCandidate,
    WaitingLine,
    all_lines,
    count_waiting,
    give_up_payment,
    match_by_hand,
    set_line_aside,
    waiting_lines,
)
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.bank.store import BankFile

__all__ = [
    "BankError",
    "BankExport",
    "BankFile",
    "BankFileRead",
    "BankFileValue",
    "BankImport",
    "BankLine",
    "BankMatch",
    "BankRail",
    "BankReport",
    "BankSettings",
    "BankSettingsInvalid",
    "CsvLayout",
    "FileKind",
    "MatchCandidate",
    "MissingStatement",
    "PaymentsTable",
    "StatementSpan",
    "WaitingLine",
    "all_lines",
    "bank_files",
    "bic_problem",
    "count_waiting",
    "export_file",
    "gaps",
    "give_up_payment",
    "iban_problem",
    "import_file",
    "import_read",
    "layout_of",
    "mandate_problem",
    "match_by_hand",
    "new_value",
    "payments_table_of",
    "read_bank_file",
    "read_files",
    "reference_of",
    "set_line_aside",
    "waiting_lines",
]
