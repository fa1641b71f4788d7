"""Errors of the commands for bank files.

CoalitionError
├── BankSettingsFileInvalid   a file of settings that can't be used
└── MatchUnclear              a match that names no payment, or both payments and none
"""

from pathlib import Path

from coalition.errors import CoalitionError


class BankSettingsFileInvalid(CoalitionError):
    """A file of settings of an account that can't be used."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path, self.problem = path, problem
        super().__init__(f"{path}: {problem}")


class MatchUnclear(CoalitionError):
    """A line is matched with payments or set aside, one of the two."""
