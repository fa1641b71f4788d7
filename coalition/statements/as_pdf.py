"""A statement as a PDF on A4. The pages are laid out by statement.typ, with the fonts in fonts/ and no other.

The figures reach the layout as data, never as its source, so nothing in a name can be taken for markup.
"""

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path

import typst

from coalition.locale.formats import Lang, local_time
from coalition.locale.messages import translate
from coalition.statements.check import Drill
from coalition.statements.details import StatementDetails
from coalition.statements.sheet import Table, sheet
from settlement.clearing import Statement

HERE = Path(__file__).parent
TAGGED_ROWS_MAX = 1_000
"""Rows of the longest table that is tagged for screen readers."""
MEASURED = 20
"""How many of the longest texts of a column are measured."""


def as_pdf(statement: Statement, moves: Drill, details: StatementDetails, lang: Lang) -> bytes:
    """Lay a statement out on pages. The document is dated at the window's close, so its bytes are always the same."""
    content = sheet(statement, moves, details, lang)
    data = asdict(content) | {
        "tables": [asdict(table) | {"longest": _longest(table)} for table in content.tables],
        "lang": lang,
        "date": _date(statement),
        "summary": translate("Summary", lang),
        "tagged_rows": TAGGED_ROWS_MAX,
        "page": translate("Page {page} of {pages}", lang),
    }
    return typst.compile(
        HERE / "statement.typ",
        root=HERE,
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(data)},
        timestamp=local_time(statement.closes_at, "UTC"),
    )


def _longest(table: Table) -> list[list[str]]:
    """The longest texts of each column, from which its width is made."""
    rows = [table.head, *(row for group in table.groups for row in (*group.rows, group.total))]
    return [sorted(set(column), key=len)[-MEASURED:] for column in zip(*rows, strict=True)]


def _date(statement: Statement) -> list[int]:
    closes = local_time(statement.closes_at, statement.timezone)
    return [closes.year, closes.month, closes.day]


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])
