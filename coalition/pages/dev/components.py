"""All components in all states, on one page."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse
from markupsafe import Markup
from starlette.exceptions import HTTPException

from coalition.pages.page import HUES, Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.qr import qr_picture
from coalition.pages.visit import Visiting

router = PageRouter("/dev/components")


@dataclass(frozen=True, slots=True)
class ComponentsPage(Page):
    """A picture of a code, and how many colours shops have."""

    picture: Markup
    hues: int


@router.get("")
def components(visit: Visiting) -> HTMLResponse:
    """Nothing in an alliance that is no sandbox."""
    if not visit.town.programme.sandbox:
        raise HTTPException(404)
    return show(visit, ComponentsPage(qr_picture("29123456789123456789"), HUES))
