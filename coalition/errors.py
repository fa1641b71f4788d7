"""Every error of the coalition package that belongs to no noun, and the kinds that errors of nouns are like.

CoalitionError
├── NotFound               (kind) nothing of that id, or something that is not the caller's
├── Forbidden              (kind) the caller may not do this
├── ChangedMeanwhile       (kind) it was changed since it was read
├── Invalid                (kind) a field of what was asked can't be used
├── Unavailable            (kind) nothing was done; the same again works in a moment
├── NotSetUp               (kind) something that the server needs is not set up
├── FileUnreadable         a file that can't be opened or is not text
├── AllianceFileInvalid    a key of an alliance file that can't be used
├── SeveralAlliances       a command that must know which alliance is meant
├── NoAllianceYet          … where there is none
├── NoClosedWindow         a command that needs a closed window
├── DateUnreadable         an option that is no date
└── CommandRefused         a command that can't be carried out with these options
"""

from collections.abc import Sequence
from http import HTTPStatus
from pathlib import Path
from typing import ClassVar

from coalition.locale.messages import N_
from settlement import NamedFact, Phrase


class CoalitionError(NamedFact):
    """Base of all errors that a user of the commands or the API may meet; the text is meant for them."""


class NotFound(CoalitionError):
    """Nothing of that id, or something that is not the caller's: which of the two is not said."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    title = N_("Not found")
    remedy = N_("Check the id. What belongs to somebody else is not found either.")
    detail = N_("There is no {what} {id:name} that you can see.")
    what: str
    id: str


class Forbidden(CoalitionError):
    """The caller may not do this. Subclasses say why."""

    code = "forbidden"
    status = HTTPStatus.FORBIDDEN
    title = N_("Not allowed")
    remedy = N_("Use a key or a session of a role that may: the reference names the roles of each operation.")


class ChangedMeanwhile(CoalitionError):
    """Somebody else changed it since it was read. Subclasses say what."""

    code = "changed_meanwhile"
    status = HTTPStatus.PRECONDITION_FAILED
    title = N_("Changed meanwhile")
    remedy = N_("Read it again, and repeat your change with its new ETag.")


class Invalid(CoalitionError):
    """A field of what was asked can't be used, for a reason that its form can't say. Subclasses say which and why."""

    code = "invalid"
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    title = N_("Invalid request")
    remedy = N_("Change what `fields` names.")


class Unavailable(CoalitionError):
    """The database can't be used now. Its name is not for callers. A commit whose answer was lost may have happened."""

    code = "unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = N_("Temporarily unavailable")
    remedy = N_("Send the same again after Retry-After seconds, under the same key if it has one.")
    detail = N_("The database can't be used now. Send the same request again, under the same key if it has one.")
    retry_after_seconds: ClassVar[int] = 5


class NotSetUp(CoalitionError):
    """Something that the server needs is not set up. Subclasses say what."""

    code = "not_set_up"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    title = N_("Payments not set up")
    remedy = N_("Whoever runs the server corrects its settings.")


class FileUnreadable(CoalitionError, like=NotSetUp):
    """A file that can't be opened or written, or that is not UTF-8 text."""

    detail = N_("{path}: {why}.")
    path: Path
    why: str


def unreadable(path: Path, error: OSError | UnicodeDecodeError) -> FileUnreadable:
    """The error of a file that could not be read."""
    if isinstance(error, OSError):
        return FileUnreadable(path, Phrase("it can't be read ({reason})", reason=error.strerror))
    return FileUnreadable(path, Phrase("this is not UTF-8 text; save it in that encoding"))


def unwritable(path: Path, error: OSError) -> FileUnreadable:
    """The error of a file that could not be written."""
    return FileUnreadable(path, Phrase("it can't be written ({reason})", reason=error.strerror))


class AllianceFileInvalid(CoalitionError):
    """A key of an alliance file that is missing, unknown or has a value that can't be used."""

    code = "alliance_file_invalid"
    detail = N_("{path}: {key}: {problem}.")
    public = False
    path: Path
    key: str
    problem: str


class SeveralAlliances(CoalitionError):
    """The database has several alliances, and none was named."""

    code = "several_alliances"
    detail = N_("{url} has several alliances. Choose one with --alliance: {names}.")
    public = False
    url: str
    names: Sequence[str]


class NoAllianceYet(CoalitionError):
    """The database has no alliance."""

    code = "no_alliance_yet"
    detail = N_("{url} has no alliance yet. `coalition demo` sets up an example.")
    public = False
    url: str


class NoClosedWindow(CoalitionError):
    """No window is closed, so none can be meant."""

    code = "no_closed_window"
    detail = N_("No window of this alliance is closed yet.")
    public = False


class DateUnreadable(CoalitionError):
    """An option of a command that should be a date."""

    code = "date_unreadable"
    detail = N_("{option} {text}: write a date as YYYY-MM-DD.")
    public = False
    option: str
    text: str


class CommandRefused(CoalitionError):
    """A command that can't be carried out with these options."""

    code = "command_refused"
    detail = N_("{why}.")
    public = False
    why: str


LISTED = 10


def counted(problems: Sequence[tuple[int, object]]) -> Phrase:
    """How many rows there are."""
    return Phrase("1 row") if len(problems) == 1 else Phrase("{count} rows", count=len(problems))


def listed(problems: Sequence[tuple[int, object]]) -> Sequence[str]:
    """The first of some rows by their numbers, each with its reason, and how many more there are."""
    rows = [Phrase("line {line}: {reason}", line=line, reason=reason) for line, reason in problems[:LISTED]]
    more = len(problems) - LISTED
    return rows if more <= 0 else [*rows, Phrase("… and {count} more", count=more)]
