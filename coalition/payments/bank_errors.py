"""Errors of the commands for bank files.

CoalitionError
├── BankSettingsFileInvalid   a file of settings that can't be used
└── MatchUnclear              a match that names no payment, or both payments and none
"""

from pathlib import Path

from coalition.errors import CoalitionError, NotSetUp
from coalition.locale.messages import N_


class BankSettingsFileInvalid(CoalitionError, like=NotSetUp):
    """A file of settings of an account that can't be used."""

    detail = N_("{path}: {problem}.")
    path: Path
    problem: str
