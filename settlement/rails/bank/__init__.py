"""A rail by bank files: SEPA messages and tables go out, statements and status reports come in.

`export.py` freezes a file for the bank, `intake.py` imports a file from it, `matching.py` finds the payment that a line
belongs to, and `review.py` has the decisions that people make. Formats: `sepa.py`, `camt.py`, `status_report.py`,
`csv_files.py`, `csv_lines.py`.
"""

from settlement.rails.bank.errors import BankError
from settlement.rails.bank.export import Exported, bank_files, export_file
from settlement.rails.bank.facts import Line, Match
from settlement.rails.bank.intake import Imported, import_file
from settlement.rails.bank.rail import BankRail
from settlement.rails.bank.review import (
    Candidate,
    Waiting,
    all_lines,
    give_up,
    match_by_hand,
    set_aside,
    waiting_lines,
)
from settlement.rails.bank.settings import BankSettings, FileKind
from settlement.rails.bank.store import BankFile

__all__ = [
    "BankError",
    "BankFile",
    "BankRail",
    "BankSettings",
    "Candidate",
    "Exported",
    "FileKind",
    "Imported",
    "Line",
    "Match",
    "Waiting",
    "all_lines",
    "bank_files",
    "export_file",
    "give_up",
    "import_file",
    "match_by_hand",
    "set_aside",
    "waiting_lines",
]
