"""Delete oneself, after one look at what is lost."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import BackgroundTasks, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.errors import ProofNeeded
from coalition.access.prove import check_proven
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember, MemberVisit
from coalition.pages.wallet.own_words import explain_own
from coalition.wallets.wallet import MemberWallet, wallet_of
from coalition.web.cookies import drop_session_cookie
from coalition.web.erase_person import erase_person
from settlement import NamedFact

HERE = "/wallet/me/erase"
PROVE = f"/wallet/prove?next={HERE}"
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class ErasePage(Page):
    """What would be lost."""

    wallet: MemberWallet
    problem: str = ""


@router.get("")
def look(own: AsMember) -> Response:
    """What would be lost, right after a log-in; else a proof first."""
    with own.alliance.database.engine.connect() as connection:
        try:
            check_proven(connection, own.caller, own.alliance.machine_clock())
        except ProofNeeded:
            return RedirectResponse(PROVE, 303)
    return _show(own)


@router.post("")
def erase(own: AsMember, background: BackgroundTasks, sure: Annotated[str, Form(max_length=10)] = "") -> Response:
    """Delete the member, and forget them in this browser."""
    if sure != "yes":
        return _show(own, own.visit.say("Tick the box if you are sure."), 422)
    try:
        erase_person(own.visit.request, background, own.caller, own.member)
    except ProofNeeded:
        return RedirectResponse(PROVE, 303)
    except NamedFact as error:
        return _show(own, explain_own(own, error), error.error_kind.status)
    answer = RedirectResponse("/wallet/log-in?deleted=yes", 303)
    drop_session_cookie(own.visit.request, answer)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def _show(own: MemberVisit, problem: str = "", status: int = 200) -> HTMLResponse:
    with own.alliance.database.engine.connect() as connection:
        wallet = wallet_of(own.alliance, connection, own.member)
    return show(own.visit, ErasePage(wallet, problem), status)
