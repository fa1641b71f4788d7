"""A shop's statement for its readers: plain text, CSV, JSON and PDF, in English and Simplified Chinese."""

from collections.abc import Callable
from typing import Literal

from coalition.locale.formats import LANGS, Lang
from coalition.statements.as_csv import as_csv
from coalition.statements.as_json import as_json
from coalition.statements.as_pdf import as_pdf
from coalition.statements.as_text import as_text
from coalition.statements.check import Drill, check
from coalition.statements.details import StatementDetails, StatementPayment, details_of
from coalition.statements.errors import FormatUnknown, LanguageUnknown, LevelsDisagree, NoSuchLine, StatementError
from settlement.clearing import Statement

__all__ = [
    "Drill",
    "Format",
    "FormatUnknown",
    "LanguageUnknown",
    "LevelsDisagree",
    "NoSuchLine",
    "StatementDetails",
    "StatementError",
    "StatementPayment",
    "details_of",
    "render",
]

Format = Literal["text", "csv", "json", "pdf"]

_WRITERS: dict[Format, Callable[[Statement, Drill, StatementDetails, Lang], bytes]] = {
    "text": as_text,
    "csv": as_csv,
    "json": as_json,
    "pdf": as_pdf,
}


def render(
    statement: Statement, moves: Drill | None, fmt: Format, lang: Lang, details: StatementDetails | None = None
) -> bytes:
    """Write a statement; with `moves`, down to each move behind those of its lines that have an entry there, and with
    `details` with the names of shops and how the balance is paid.

    The same statement and details always give the same bytes. Text, CSV and JSON are UTF-8 (CSV with a byte order
    mark). Raises FormatUnknown, LanguageUnknown, and LevelsDisagree or NoSuchLine where figures do not add up.
    """
    if fmt not in _WRITERS:
        raise FormatUnknown(fmt, _WRITERS)
    if lang not in LANGS:
        raise LanguageUnknown(lang, LANGS)
    behind = moves or {}
    check(statement, behind)
    return _WRITERS[fmt](statement, behind, details or StatementDetails(), lang)
