"""Errors of statements as they are written for a reader: named facts that carry their values.

CoalitionError
└── StatementError
    ├── FormatUnknown      a format that statements are not written in
    ├── LanguageUnknown    a language that statements are not written in
    ├── LevelsDisagree     figures of one level that do not add up to the level above
    └── NoSuchLine         moves for a line that the statement does not have
"""

from collections.abc import Iterable
from fractions import Fraction

from coalition.errors import CoalitionError
from coalition.locale.messages import N_


class StatementError(CoalitionError):
    """Base of these errors."""

    public = False


class FormatUnknown(StatementError):
    """A format that statements are not written in."""

    code = "statement_format_unknown"
    detail = N_("No statement in format {fmt:name}. Choose one of {known}.")
    fmt: str
    known: Iterable[str]


class LanguageUnknown(StatementError):
    """A language that statements are not written in."""

    code = "statement_language_unknown"
    detail = N_("No statement in language {lang:name}. Choose one of {known}.")
    lang: str
    known: Iterable[str]


class LevelsDisagree(StatementError):
    """Figures of one level that do not add up to the level above: such a statement is never written."""

    code = "statement_levels_disagree"
    detail = N_(
        "{where}: {figure} is {whole}, but its parts add up to {parts}. Take the statement and its moves "
        "again from one closed window."
    )
    where: str
    figure: str
    whole: int | Fraction
    parts: int | Fraction


class NoSuchLine(StatementError):
    """Moves for a line that the statement does not have."""

    code = "statement_no_such_line"
    detail = N_(
        "There are moves for line {line} {counterpart:name}, which this statement does not have. Take them "
        "with the lines of the statement itself."
    )
    line: str
    counterpart: str
