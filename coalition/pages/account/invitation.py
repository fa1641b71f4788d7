"""Accept an invitation: choose a password, and set up the second factor where the role needs one.

The token is in the link behind #, which no server and no log sees; a script sends it in a form.
"""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from markupsafe import Markup

from coalition.access.invite import InvitationOffer, accept, read_invitation
from coalition.access.rate_limits import LOG_IN_ADDRESS
from coalition.access.second_factor import app_uri
from coalition.alliance import Alliances
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.qr import qr_picture
from coalition.pages.typed import Digits
from coalition.pages.visit import Visit, Visiting
from coalition.web.begin_session import begin_session
from coalition.web.request import address_of, alliance_name
from settlement import NamedFact

router = PageRouter("/invitation")
Token = Annotated[str, Form(min_length=1, max_length=200)]


@dataclass(frozen=True, slots=True)
class InvitationPage(Page):
    """First the token alone; then who is invited to what, and the second factor as a picture and as letters to type."""

    token: str = ""
    offer: InvitationOffer | None = None
    alliance: str = ""
    picture: Markup | None = None
    secret: str = ""
    problem: str = ""


@router.get("")
def invitation(visit: Visiting) -> HTMLResponse:
    """The page that reads the token out of its own address."""
    return show(visit, InvitationPage())


@router.post("")
def look(visit: Visiting, token: Token) -> HTMLResponse:
    """The invitation of a token."""
    try:
        return show(visit, _offered(visit, token.strip()))
    except NamedFact as error:
        return show(visit, InvitationPage(problem=visit.explain(error)), error.error_kind.status)


@router.post("/accept")
def choose(
    visit: Visiting,
    token: Token,
    password: Annotated[str, Form(max_length=200)],
    code: Digits = "",
) -> Response:
    """Accept it, and log in."""
    alliances: Alliances = visit.request.app.state.alliances
    answer = RedirectResponse("/account?welcome=yes", 303)
    now = alliances.clock()
    try:
        page = _offered(visit, token)
    except NamedFact as error:
        return show(visit, InvitationPage(problem=visit.explain(error)), error.error_kind.status)
    try:
        with alliances.database.engine.begin() as connection:
            user = accept(connection, token, password, code or None, now)
            begin_session(visit.request, connection, user.caller(), now, "invitation", answer)
    except NamedFact as error:
        again = InvitationPage(token, page.offer, page.alliance, page.picture, page.secret, visit.explain(error))
        return show(visit, again, error.error_kind.status)
    visit.forget_callers()
    return answer


def _offered(visit: Visit, token: str) -> InvitationPage:
    """The page of a token. Raises InvitationUnknown, TooManyRequests."""
    alliances: Alliances = visit.request.app.state.alliances
    visit.request.app.state.log_in_rates.take(LOG_IN_ADDRESS, address_of(visit.request))
    with alliances.database.engine.connect() as connection:
        offer = read_invitation(connection, token, alliances.clock())
    name = alliance_name(visit.request, offer.user.alliance_id)
    if offer.totp_secret is None:
        return InvitationPage(token, offer, name)
    picture = qr_picture(app_uri(offer.totp_secret, offer.user.email, name))
    return InvitationPage(token, offer, name, picture, offer.totp_secret)
