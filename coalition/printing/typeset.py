"""Lay out a sheet as a PDF, with the look of the pages.

Texts reach the layout as data, never as its source, so nothing in a name can be taken for markup.
"""

import json
from collections.abc import Mapping
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import segno
import typst

from coalition.locale.formats import Lang, moment
from coalition.printing.kinds import Paper
from coalition.statements.as_pdf import HERE as STATEMENTS

HERE = Path(__file__).parent
QR_DARK = "#2a211b"


def typeset(template: str, sheet: Mapping[str, Any], paper: Paper, lang: Lang, at: int) -> bytes:
    """A sheet on paper, dated `at` (microseconds since 1970 UTC)."""
    data = {**sheet, "paper": "us-letter" if paper is Paper.LETTER else "a4", "lang": lang}
    return typst.compile(
        HERE / template,
        root=HERE,
        font_paths=_fonts(),
        sys_inputs={"sheet": json.dumps(data)},
        timestamp=moment(at).replace(microsecond=0),
    )


def qr_drawing(text: str) -> str:
    """A QR code as SVG, without the quiet zone, which the layout leaves free."""
    drawn = BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="svg", border=0, dark=QR_DARK, xmldecl=False)
    return drawn.getvalue().decode()


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, font_paths=[HERE / "fonts", STATEMENTS / "fonts"])
