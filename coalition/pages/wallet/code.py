"""The code to pay with."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse
from markupsafe import Markup

from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.qr import qr_picture
from coalition.pages.visit import AsMember
from coalition.pages.wallet.names import shop_names
from coalition.paycodes.code import SECONDS
from coalition.paycodes.confirm import Confirmation, open_confirmations
from coalition.paycodes.create_pay_code import create_pay_code

router = PageRouter("/wallet/code")


@dataclass(frozen=True, slots=True)
class CodePage(Page):
    """A fresh code as a picture, good for so many seconds, and what a till asks meanwhile."""

    picture: Markup
    seconds: int
    questions: list[Confirmation]
    names: dict[str, str]


@router.get("")
def code(own: AsMember) -> HTMLResponse:
    """A fresh code. Raises MemberFrozen."""
    made = create_pay_code(own.alliance, own.member)
    questions = open_confirmations(own.alliance, own.member)
    return show(own.visit, CodePage(qr_picture(made.text), SECONDS, questions, shop_names(own.alliance)))
