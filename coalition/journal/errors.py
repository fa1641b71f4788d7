"""Errors of the export for accountants.

CoalitionError
└── JournalError
    ├── ChartInvalid        an entry of the file of account codes that can't be used
    ├── AccountsUnmapped    accounts of the money book that the file gives no code
    └── PeriodInvalid       a period that can't be meant
"""

from collections.abc import Sequence
from pathlib import Path

from coalition.errors import CoalitionError


class JournalError(CoalitionError):
    """Base of these errors."""


class ChartInvalid(JournalError):
    """An entry of the file of account codes that can't be used."""

    def __init__(self, path: Path, key: str, problem: str) -> None:
        self.path, self.key, self.problem = path, key, problem
        super().__init__(f"{path}: {key}: {problem}")


class AccountsUnmapped(JournalError):
    """Accounts that something was booked on, and that the file of account codes does not know."""

    def __init__(self, file: str, accounts: Sequence[str]) -> None:
        self.file, self.accounts = file, tuple(accounts)
        kind = accounts[0].partition("/")[0]
        super().__init__(
            f"{file}: no code for {', '.join(accounts)}; add a line to the table [accounts], for the kind "
            f'({kind} = "1234") or for this one alone ("{accounts[0]}" = "1234")'
        )


class PeriodInvalid(JournalError):
    """A period that can't be meant."""
