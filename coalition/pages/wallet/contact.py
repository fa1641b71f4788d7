"""Change one's number or address: name the new one, and type the code that was sent there."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import BackgroundTasks, Form, Response
from fastapi.responses import RedirectResponse

from coalition.access.errors import CodeUsedUp, LogInRefused, ProofNeeded
from coalition.access.member_code import CODE_MINUTES
from coalition.access.prove import check_proven
from coalition.locale.messages import N_
from coalition.members.change_own_contact import OWN_ALREADY
from coalition.members.errors import ContactInvalid
from coalition.members.log_in import contact_kind
from coalition.members.store import contacts_of
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.step import Step, read_step, seal_step
from coalition.pages.typed import NO_CONTACT, Again, Digits, explain_code
from coalition.pages.visit import AsMember, MemberVisit
from coalition.pages.wallet.own_words import explain_own
from coalition.web.own_contact import change_contact, send_contact_code
from settlement import NamedFact

HERE = "/wallet/me/contact"
PROVE = f"/wallet/prove?next={HERE}"
YOURS = N_("This is the one that we have of you already.")
router = PageRouter(HERE)


Typed = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class ContactPage(Page):
    """First the new contact; then, once a code was sent there, the code. `problem` is what was wrong with the try.

    `used_up` says that it takes another code, `again` that the one on its way is another.
    """

    contact: str = ""
    step: str = ""
    minutes: int = CODE_MINUTES
    problem: str = ""
    used_up: bool = False
    again: str = ""

    @property
    def path(self) -> str:
        """Where this step is opened again."""
        return f"{HERE}?{urlencode({'step': self.step})}" if self.step else HERE


@router.get("")
def start(own: AsMember, step: Step = "") -> Response:
    """The new contact, right after a log-in; else a proof first. Then the code that was sent to it."""
    with own.alliance.database.engine.connect() as connection:
        try:
            check_proven(connection, own.caller, own.alliance.machine_clock())
        except ProofNeeded:
            return RedirectResponse(PROVE, 303)
    typed = read_step(own.alliance, step)
    return show(own.visit, ContactPage(typed.get("contact", ""), step if typed else "", again=typed.get("again", "")))


@router.post("")
def send_code(own: AsMember, background: BackgroundTasks, contact: Typed, again: Again = "") -> Response:
    """Send a code to the new contact."""
    try:
        written = send_contact_code(own.visit.request, background, own.caller, own.member, contact, own.visit.lang)
    except NamedFact as error:
        return _refuse(own, error, contact, sent=False)
    return RedirectResponse(ContactPage(written, seal_step(own.alliance, contact=written, again=again)).path, 303)


@router.post("/code")
def change(own: AsMember, background: BackgroundTasks, contact: Typed, code: Digits) -> Response:
    """Change it, and go on in a new session."""
    kind = contact_kind(contact)
    with own.alliance.database.engine.connect() as connection:
        kinds = {each.kind for each in contacts_of(connection, own.alliance.id, own.member)}
    answer = RedirectResponse(f"/wallet/me?done={'changed' if kind in kinds else 'added'}", 303)
    try:
        change_contact(own.visit.request, background, own.caller, own.member, contact, code, answer)
    except NamedFact as error:
        return _refuse(own, error, contact, sent=True)
    return answer


def _refuse(own: MemberVisit, error: NamedFact, contact: str, *, sent: bool) -> Response:
    """The same step again, and why; a proof where that is what is missing."""
    if isinstance(error, ProofNeeded):
        return RedirectResponse(PROVE, 303)
    if isinstance(error, ContactInvalid):
        problem = own.visit.say(YOURS if error.why == OWN_ALREADY else NO_CONTACT)
    elif isinstance(error, LogInRefused):
        problem = explain_code(own.visit, error)
    else:
        problem = explain_own(own, error)
    step = seal_step(own.alliance, contact=contact) if sent else ""
    page = ContactPage(contact, step, problem=problem, used_up=isinstance(error, CodeUsedUp))
    return show(own.visit, page, error.error_kind.status)
