"""Six digits to read out where a till can't scan. The server makes them, so they take reception."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.paycodes.short_code import SHORT_SECONDS, create_short_code

router = PageRouter("/wallet/code/digits")


@dataclass(frozen=True, slots=True)
class DigitsPage(Page):
    """Fresh digits, good for so many seconds."""

    digits: str
    seconds: int = SHORT_SECONDS


@router.get("")
def digits(own: AsMember) -> HTMLResponse:
    """Fresh digits, in place of those before. Raises MemberFrozen."""
    return show(own.visit, DigitsPage(create_short_code(own.alliance, own.member).text))
