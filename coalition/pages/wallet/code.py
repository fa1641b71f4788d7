"""The code to pay with, which the phone makes: the page is the same for everybody, and the worker keeps it."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.paycodes.code import STEP_SECONDS

router = PageRouter("/wallet/code")


@dataclass(frozen=True, slots=True)
class CodePage(Page):
    """Where `assets/code.js` draws the code of each step."""

    step_seconds: int = STEP_SECONDS


@router.get("")
def code(own: AsMember) -> HTMLResponse:
    """For whoever has logged in."""
    return show(own.visit, CodePage())
