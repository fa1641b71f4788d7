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


class StatementError(CoalitionError):
    """Base of these errors. `code` is stable, the text may change."""

    code = "statement_error"


class FormatUnknown(StatementError):
    """A format that statements are not written in."""

    code = "statement_format_unknown"

    def __init__(self, fmt: str, known: Iterable[str]) -> None:
        self.fmt, self.known = fmt, tuple(known)
        super().__init__(f"no statement in format {fmt!r}; choose one of {', '.join(self.known)}")


class LanguageUnknown(StatementError):
    """A language that statements are not written in."""

    code = "statement_language_unknown"

    def __init__(self, lang: str, known: Iterable[str]) -> None:
        self.lang, self.known = lang, tuple(known)
        super().__init__(f"no statement in language {lang!r}; choose one of {', '.join(self.known)}")


class LevelsDisagree(StatementError):
    """Figures of one level that do not add up to the level above: such a statement is never written."""

    code = "statement_levels_disagree"

    def __init__(self, where: str, figure: str, whole: int | Fraction, parts: int | Fraction) -> None:
        self.where, self.figure, self.whole, self.parts = where, figure, whole, parts
        super().__init__(
            f"{where}: {figure} is {whole}, but its parts add up to {parts}; "
            f"take the statement and its moves anew from one closed window"
        )


class NoSuchLine(StatementError):
    """Moves for a line that the statement does not have."""

    code = "statement_no_such_line"

    def __init__(self, line: str, counterpart: str) -> None:
        self.line, self.counterpart = line, counterpart
        super().__init__(
            f"moves are given for line {line} {counterpart!r}, which this statement does not have; "
            f"take them with the lines of the statement itself"
        )
