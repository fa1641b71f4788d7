"""What a till shows as a QR code, opened in the wallet: shop, amount, what the points pay, and a yes or a no."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import Path, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.typed_code import CODE_CHARS, read_typed
from coalition.locale.messages import N_
from coalition.merchants.list_shops import shop_faces
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember, MemberVisit
from coalition.pages.wallet.booked_sale import BookedSale, sale_of
from coalition.pages.wallet.own_words import explain_own
from coalition.paycodes.confirm import Confirmation, open_confirmation
from coalition.paycodes.errors import ConfirmationUnknown
from coalition.wallets.wallet import MemberWallet, wallet_of
from settlement import NamedFact

NO_CODE = N_("A till's code has {count} letters and digits. Look at it again, and type it here.")
OVER = N_("Nothing waits under this code: its time is over, or somebody else opened it. Ask the shop for a new one.")
NOT_BOOKED = N_("You said yes, but the till booked nothing in time. Ask the shop for a new code.")
router = PageRouter("/wallet/pay")


@dataclass(frozen=True, slots=True)
class PayPage(Page):
    """First the form for the code; then the question, with what the member has. `problem` is why there is none.

    `booked` is the purchase, once the till has booked it.
    """

    code: str = ""
    code_chars: int = CODE_CHARS
    question: Confirmation | None = None
    shop: str = ""
    logo: str | None = None
    wallet: MemberWallet | None = None
    booked: BookedSale | None = None
    problem: str = ""


@router.get("")
def form(own: AsMember, code: Annotated[str, Query(max_length=40)] = "") -> Response:
    """Where the code is typed; a typed one is opened."""
    typed = read_typed(code)
    if typed.isascii() and typed:
        return RedirectResponse(f"/wallet/pay/{typed}", 303)
    problem = own.visit.say(NO_CODE, count=CODE_CHARS) if code.strip() else ""
    return show(own.visit, PayPage(code, problem=problem), 422 if problem else 200)


@router.get("/{code}")
def question(own: AsMember, code: Annotated[str, Path(max_length=40)]) -> HTMLResponse:
    """The question of a code, which is this member's from then on."""
    alliance = own.alliance
    try:
        opened = open_confirmation(alliance, code, own.member)
    except ConfirmationUnknown as error:
        if len(read_typed(code)) != CODE_CHARS:
            return _refused(own, code, own.visit.say(NO_CODE, count=CODE_CHARS), error)
        return _refused(own, code, own.visit.say(OVER), error)
    except NamedFact as error:
        return _refused(own, code, explain_own(own, error), error)
    booked = sale_of(own, opened)
    if booked is None and opened.state == "confirmed" and opened.over_at <= alliance.clock():
        return show(own.visit, PayPage(code, problem=own.visit.say(NOT_BOOKED)), HTTPStatus.GONE)
    with alliance.database.engine.connect() as connection:
        wallet = wallet_of(alliance, connection, own.member)
    faces = shop_faces(alliance, own.visit.lang)
    shop, logo = faces.names.get(opened.shop, opened.shop), faces.logos.get(opened.shop)
    return show(
        own.visit, PayPage(read_typed(code), question=opened, shop=shop, logo=logo, wallet=wallet, booked=booked)
    )


def _refused(own: MemberVisit, code: str, problem: str, error: NamedFact) -> HTMLResponse:
    return show(own.visit, PayPage(code, problem=problem), error.error_kind.status)
