"""All components in all states, on one page."""

import re
from dataclasses import dataclass

from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.exceptions import HTTPException

from coalition.legal.legal_text import LEGAL_NAMES
from coalition.pages.page import FOLDER, HUES, Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.prose import Block, blocks
from coalition.pages.qr import qr_picture
from coalition.pages.visit import Visiting

router = PageRouter("/dev/components")
PROSE = """# A heading

A paragraph, with a link to https://points.example.

- one thing,
- another one."""
ICON = re.compile(r'name == "(\w+)"')
"""How the macro of icons names each."""


@dataclass(frozen=True, slots=True)
class ComponentsPage(Page):
    """A picture of a code, how many colours shops have, a long text, what a foot leads to, and the icons by name."""

    picture: Markup
    hues: int
    prose: list[Block]
    kinds: list[tuple[str, str]]
    icons: list[str]


@router.get("")
def components(visit: Visiting) -> HTMLResponse:
    """Nothing in an alliance that is no sandbox."""
    if not visit.town.programme.sandbox:
        raise HTTPException(404)
    page = ComponentsPage(
        picture=qr_picture("29123456789123456789"),
        hues=HUES,
        prose=blocks(PROSE),
        kinds=[(kind.value, name) for kind, name in LEGAL_NAMES.items()],
        icons=ICON.findall((FOLDER / "parts.html").read_text(encoding="utf-8")),
    )
    return show(visit, page)
