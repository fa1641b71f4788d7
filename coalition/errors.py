"""Every error of the coalition package. Each says what is wrong, where, and what to do.

CoalitionError
├── FileUnreadable         a file that can't be opened or is not text
├── AllianceFileInvalid    a key of an alliance file that can't be used
├── AllianceNotChosen      a command that must know which alliance is meant
├── WindowNotChosen        a command that must know which window is meant
├── DateUnreadable         an option that is no date
├── SettingsInvalid        variables of the environment that can't be used
├── PurchasesInvalid       rows of a purchases file that can't be used
└── ReplayRefused          purchases that the book refused
"""

from collections.abc import Sequence
from pathlib import Path

from settlement import NamedFact


class CoalitionError(NamedFact):
    """Base of all errors that a user of the commands or the API may meet; the text is meant for them."""


class FileUnreadable(CoalitionError):
    """A file that can't be opened or written, or that is not UTF-8 text."""

    def __init__(self, path: Path, why: str) -> None:
        self.path, self.why = path, why
        super().__init__(f"{path}: {why}")


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> FileUnreadable:
    """What is said of a file that could not be read."""
    if isinstance(error, OSError):
        return FileUnreadable(path, f"can't be read: {error.strerror}")
    return FileUnreadable(path, "is not UTF-8 text; save it in that encoding")


QUOTED_CHARS = 60


def quoted(value: str) -> str:
    """What a user wrote, in quotes and on one line; only its beginning where it is long."""
    return repr(value) if len(value) <= QUOTED_CHARS else f"{value[:QUOTED_CHARS]!r}…"


class AllianceFileInvalid(CoalitionError):
    """A key of an alliance file that is missing, unknown or has a value that can't be used."""

    def __init__(self, path: Path, key: str, problem: str) -> None:
        self.path, self.key, self.problem = path, key, problem
        super().__init__(f"{path}: {key}: {problem}")


class AllianceNotChosen(CoalitionError):
    """The database has no alliance, or several and none was named."""

    def __init__(self, url: str, names: Sequence[str]) -> None:
        self.url, self.names = url, tuple(names)
        if names:
            super().__init__(f"{url} has several alliances; choose one with --alliance: {', '.join(names)}")
        else:
            super().__init__(f"{url} has no alliance yet; `coalition demo` sets up an example")


class WindowNotChosen(CoalitionError):
    """No closed window can be meant."""


class DateUnreadable(CoalitionError):
    """An option of a command that is to be a date."""

    def __init__(self, option: str, text: str) -> None:
        self.option, self.text = option, text
        super().__init__(f"{option} {text}: write a date as YYYY-MM-DD")


class PurchasesInvalid(CoalitionError):
    """Rows of a purchases file that can't be used, by line number. Nothing was posted."""

    def __init__(self, path: Path, problems: Sequence[tuple[int, str]]) -> None:
        self.path, self.problems = path, tuple(problems)
        super().__init__(
            f"{path}: {_rows(problems)} can't be used, so nothing was posted. Mend the file and run again.\n"
            f"{_listed(problems)}"
        )


class ReplayRefused(CoalitionError):
    """Purchases that the book refused, by line number; those that it took before them stand."""

    def __init__(self, alliance: str, url: str, problems: Sequence[tuple[int, str]]) -> None:
        self.alliance, self.url, self.problems = alliance, url, tuple(problems)
        super().__init__(
            f"the book of {alliance!r} in {url} refused {_rows(problems)}; those before stand. A file that was "
            f"changed since it was replayed needs another database, or another name.\n{_listed(problems)}"
        )


LISTED = 10


def _rows(problems: Sequence[tuple[int, str]]) -> str:
    return "1 row" if len(problems) == 1 else f"{len(problems)} rows"


def _listed(problems: Sequence[tuple[int, str]]) -> str:
    """The first of these rows, each with its reason."""
    shown = "\n".join(f"  line {line}: {reason}" for line, reason in problems[:LISTED])
    return shown + (f"\n  … and {len(problems) - LISTED} more" if len(problems) > LISTED else "")
