"""Change one's number or address: name the new one, and type the code that was sent there."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import BackgroundTasks, Form, Response
from fastapi.responses import RedirectResponse

from coalition.access.errors import ProofNeeded
from coalition.access.member_code import CODE_MINUTES
from coalition.access.prove import check_proven
from coalition.members.errors import ContactInvalid
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import NO_CONTACT, Digits
from coalition.pages.visit import AsMember, MemberVisit
from coalition.web.own_contact import change_contact, send_contact_code
from settlement import NamedFact

HERE = "/wallet/me/contact"
PROVE = f"/wallet/prove?next={HERE}"
router = PageRouter(HERE)


Typed = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class ContactPage(Page):
    """First the new contact; then, once a code was sent there, the code. `problem` is what was wrong with the try."""

    contact: str = ""
    sent: bool = False
    minutes: int = CODE_MINUTES
    problem: str = ""


@router.get("")
def start(own: AsMember) -> Response:
    """The new contact, right after a log-in; else a proof first."""
    with own.alliance.database.engine.connect() as connection:
        try:
            check_proven(connection, own.caller, own.alliance.machine_clock())
        except ProofNeeded:
            return RedirectResponse(PROVE, 303)
    return show(own.visit, ContactPage())


@router.post("")
def send_code(own: AsMember, background: BackgroundTasks, contact: Typed) -> Response:
    """Send a code to the new contact."""
    try:
        written = send_contact_code(own.visit.request, background, own.caller, own.member, contact, own.visit.lang)
    except NamedFact as error:
        return _refuse(own, error, contact, sent=False)
    return show(own.visit, ContactPage(written, sent=True))


@router.post("/code")
def change(own: AsMember, background: BackgroundTasks, contact: Typed, code: Digits) -> Response:
    """Change it, and go on in a new session."""
    answer = RedirectResponse("/wallet/me?done=yes", 303)
    try:
        change_contact(own.visit.request, background, own.caller, own.member, contact, code, answer)
    except NamedFact as error:
        return _refuse(own, error, contact, sent=True)
    return answer


def _refuse(own: MemberVisit, error: NamedFact, contact: str, *, sent: bool) -> Response:
    """The same step again, and why; a proof where that is what is missing."""
    if isinstance(error, ProofNeeded):
        return RedirectResponse(PROVE, 303)
    problem = own.visit.say(NO_CONTACT) if isinstance(error, ContactInvalid) else own.visit.explain(error)
    return show(own.visit, ContactPage(contact, sent, problem=problem), error.error_kind.status)
