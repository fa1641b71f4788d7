"""The code to pay with."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse
from markupsafe import Markup

from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.qr import qr_picture
from coalition.pages.visit import AsMember
from coalition.pages.wallet.names import shop_names
from coalition.paycodes.confirm import Confirmation, open_confirmations
from coalition.paycodes.short_code import SHORT_SECONDS, create_short_code

router = PageRouter("/wallet/code")


@dataclass(frozen=True, slots=True)
class CodePage(Page):
    """A fresh code as a picture and in digits, good for so many seconds, and what a till asks meanwhile."""

    picture: Markup
    digits: str
    seconds: int
    questions: list[Confirmation]
    names: dict[str, str]


@router.get("")
def code(own: AsMember) -> HTMLResponse:
    """A fresh code. Raises MemberFrozen."""
    made = create_short_code(own.alliance, own.member)
    questions = open_confirmations(own.alliance, own.member)
    names = shop_names(own.alliance)
    return show(own.visit, CodePage(qr_picture(made.text), made.text, SHORT_SECONDS, questions, names))
