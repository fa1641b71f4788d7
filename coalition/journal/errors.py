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
from coalition.locale.messages import N_


class JournalError(CoalitionError):
    """Base of these errors."""

    public = False


class ChartInvalid(JournalError):
    """An entry of the file of account codes that can't be used."""

    code = "chart_invalid"
    detail = N_("{path}: {key}: {problem}.")
    path: Path
    key: str
    problem: str


class AccountsUnmapped(JournalError):
    """Accounts that something was booked on, and that the file of account codes does not know."""

    code = "accounts_unmapped"
    detail = N_(
        '{file}: no code for {accounts}. Add a line to the table [accounts], for the kind ({kind} = "1234") '
        'or for one account alone ("{first}" = "1234").'
    )
    file: str
    accounts: Sequence[str]

    @property
    def first(self) -> str:
        """The first of the accounts."""
        return self.accounts[0]

    @property
    def kind(self) -> str:
        """The kind of the first account."""
        return self.accounts[0].partition("/")[0]


class PeriodReversed(JournalError):
    """A period that ends before it begins."""

    code = "period_reversed"
    detail = N_("--to {last} lies before --from {first}. --to is the last day, included.")
    first: str
    last: str
