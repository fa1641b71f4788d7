"""Show once more that it is oneself, by a code to a contact of one's own: what adds a credential asks for it."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import BackgroundTasks, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.errors import CodeUsedUp
from coalition.access.member_code import CODE_MINUTES
from coalition.members.store import contacts_of
from coalition.pages.page import Page, show
from coalition.pages.page_router import NEXT_CHARS_MAX, PageRouter, local_path
from coalition.pages.step import Step, read_step, seal_step
from coalition.pages.typed import Again, Digits, Next, explain_code
from coalition.pages.visit import AsMember, MemberVisit
from coalition.pages.wallet.own_words import explain_own
from coalition.web.member_log_in import send_member_code
from coalition.web.prove_session import Proof, prove_session
from settlement import NamedFact

HOME = "/wallet"
HERE = "/wallet/prove"
TAKES_PROOF = frozenset({"/wallet/me/contact", "/wallet/me/erase"})
"""Pages that are not opened without a proof."""
router = PageRouter(HERE)


def prove_first(page: str) -> str:
    """Where somebody shows who they are, to come back to a page that says that they have (`proven`)."""
    return f"{HERE}?{urlencode({'next': f'{page}?proven=yes'})}"


@dataclass(frozen=True, slots=True)
class ProvePage(Page):
    """First where to send the code; then, once it was sent to `contact`, the code.

    `used_up` says that it takes another one, `again` that the one on its way is another.
    """

    next: str
    contacts: list[str]
    contact: str = ""
    step: str = ""
    minutes: int = CODE_MINUTES
    problem: str = ""
    used_up: bool = False
    again: str = ""

    @property
    def back(self) -> str:
        """Where whoever does not want to prove anything came from: what takes a proof to be opened lies below it."""
        if self.step:
            return f"{HERE}?{urlencode({'next': self.next})}"
        if self.next in TAKES_PROOF:
            return "/wallet/me"
        return self.next.removesuffix("?proven=yes")

    @property
    def path(self) -> str:
        """Where this step is opened again."""
        return f"{HERE}?{urlencode({'next': self.next} | ({'step': self.step} if self.step else {}))}"


@router.get("")
def choose(
    own: AsMember,
    next: Annotated[str, Query(max_length=NEXT_CHARS_MAX)] = HOME,  # noqa: A002
    step: Step = "",
) -> HTMLResponse:
    """The member's contacts, or the code that was sent to one of them."""
    typed = read_step(own.alliance, step)
    return show(own.visit, _page(own, next, typed.get("contact", ""), again=typed.get("again", "")))


@router.post("")
def send(
    own: AsMember,
    background: BackgroundTasks,
    contact: Annotated[str, Form(max_length=200)],
    next: Next = HOME,  # noqa: A002
    again: Again = "",
) -> Response:
    """Send a code to one of them."""
    if contact not in _contacts(own):
        return show(own.visit, _page(own, next), 422)
    try:
        send_member_code(own.visit.request, background, own.alliance.id, contact, own.visit.lang)
    except NamedFact as error:
        return show(own.visit, _page(own, next, problem=explain_own(own, error)), error.error_kind.status)
    return RedirectResponse(_page(own, next, contact, again=again).path, 303)


@router.post("/code")
def prove(
    own: AsMember,
    contact: Annotated[str, Form(max_length=200)],
    code: Digits,
    next: Next = HOME,  # noqa: A002
) -> Response:
    """Keep the proof, and go on."""
    try:
        prove_session(own.visit.request, Proof(contact=contact, code=code), own.caller)
    except NamedFact as error:
        page = replace(_page(own, next, contact, explain_code(own.visit, error)), used_up=isinstance(error, CodeUsedUp))
        return show(own.visit, page, error.error_kind.status)
    return RedirectResponse(local_path(next, HOME), 303)


def _contacts(own: MemberVisit) -> list[str]:
    with own.alliance.database.engine.connect() as connection:
        return [contact.text for contact in contacts_of(connection, own.alliance.id, own.member)]


def _page(own: MemberVisit, onward: str, contact: str = "", problem: str = "", again: str = "") -> ProvePage:
    step = seal_step(own.alliance, contact=contact, again=again) if contact else ""
    return ProvePage(local_path(onward, HOME), _contacts(own), contact, step, problem=problem, again=again)
