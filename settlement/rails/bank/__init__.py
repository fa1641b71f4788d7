"""A rail by bank files: SEPA messages and tables go out, statements and status reports come in.

`export.py` freezes a file for the bank, `intake.py` imports a file from it, `matching.py` finds the payment that a line
belongs to, and `review.py` has the decisions that people make. Formats: `sepa.py`, `camt.py`, `status_report.py`,
`csv_files.py`, `csv_lines.py`.
"""

from settlement.rails.bank.errors import BankError, BankSettingsInvalid
from settlement.rails.bank.export import BankExport, bank_files, export_file
from settlement.rails.bank.facts import BankLine, BankMatch
from settlement.rails.bank.identifiers import reference_of
from settlement.rails.bank.intake import BankImport, import_file
from settlement.rails.bank.rail import BankRail
from settlement.rails.bank.review import (
    MatchCandidate,
    WaitingLine,
    all_lines,
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
    "BankImport",
    "BankLine",
    "BankMatch",
    "BankRail",
    "BankSettings",
    "BankSettingsInvalid",
    "FileKind",
    "MatchCandidate",
    "WaitingLine",
    "all_lines",
    "bank_files",
    "export_file",
    "give_up_payment",
    "import_file",
    "match_by_hand",
    "reference_of",
    "set_line_aside",
    "waiting_lines",
]
