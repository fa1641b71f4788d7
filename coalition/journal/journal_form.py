"""As what a journal is written."""

from enum import StrEnum


class JournalForm(StrEnum):
    """A table, or a file for plain text accounting."""

    CSV = "csv"
    HLEDGER = "hledger"
