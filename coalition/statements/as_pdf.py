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
from coalition.statements.sheet import sheet
from settlement.clearing import Statement

HERE = Path(__file__).parent


def as_pdf(statement: Statement, moves: Drill, lang: Lang) -> bytes:
    """Lay a statement out on pages. The document is dated at the window's close, so its bytes are always the same."""
    data = asdict(sheet(statement, moves, lang)) | {
        "lang": lang,
        "date": _date(statement),
        "summary": translate("Summary", lang),
        "page": translate("Page {page} of {pages}", lang),
    }
    return typst.compile(
        HERE / "statement.typ",
        root=HERE,
        font_paths=fonts(),
        sys_inputs={"sheet": json.dumps(data)},
        timestamp=local_time(statement.closes_at, "UTC"),
    )


def _date(statement: Statement) -> list[int]:
    closes = local_time(statement.closes_at, statement.timezone)
    return [closes.year, closes.month, closes.day]


@cache
def fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts"])
