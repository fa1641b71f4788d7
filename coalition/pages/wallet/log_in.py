"""Members log in: by a code to their phone or e-mail address, or by a passkey."""

from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import urlencode

from fastapi import BackgroundTasks, Form, Query, Response
from fastapi.responses import RedirectResponse

from coalition.access.caller import Role
from coalition.access.errors import CodeUsedUp
from coalition.access.member_code import CODE_MINUTES
from coalition.members.log_in import is_contact
from coalition.pages.page import Page, show
from coalition.pages.page_router import NEXT_CHARS_MAX, PageRouter, local_path
from coalition.pages.step import Step, read_step, seal_step
from coalition.pages.typed import NO_CONTACT, Again, Digits, Next, explain_code
from coalition.pages.visit import Visiting, keep_town
from coalition.web.cookies import keep_device
from coalition.web.member_log_in import log_in_by_code, send_member_code
from settlement import NamedFact

HOME = "/wallet"
HERE = "/wallet/log-in"
router = PageRouter(HERE)

Contact = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class LogInPage(Page):
    """First the contact; then, once a code was sent, the code. `problem` is what was wrong with the last try.

    `step` keeps the contact to which the code was sent, and `again` whether it was another one. `deleted` says that
    whoever was logged in here has just deleted themselves, `used_up` that it takes another code.
    """

    next: str
    contact: str = ""
    step: str = ""
    minutes: int = CODE_MINUTES
    problem: str = ""
    deleted: bool = False
    used_up: bool = False
    again: str = ""

    @property
    def path(self) -> str:
        """Where this step is opened again."""
        return f"{HERE}?{urlencode({'next': self.next} | ({'step': self.step} if self.step else {}))}"


@router.get("")
def log_in(
    visit: Visiting,
    next: Annotated[str, Query(max_length=NEXT_CHARS_MAX)] = HOME,  # noqa: A002
    deleted: Annotated[bool, Query()] = False,  # noqa: FBT002
    step: Step = "",
) -> Response:
    """Ask for the contact, or for the code that was sent to it; whoever has logged in goes on at once."""
    onward = local_path(next, HOME)
    if visit.caller is not None and visit.caller.role is Role.MEMBER:
        return RedirectResponse(onward, 303)
    typed = read_step(visit.town, step)
    page = LogInPage(onward, typed.get("contact", ""), step if typed else "", deleted=deleted)
    answer = show(visit, replace(page, again=typed.get("again", "")))
    keep_town(visit, answer)
    keep_device(visit.request, answer)
    return answer


@router.post("")
def send_code(
    visit: Visiting,
    background: BackgroundTasks,
    contact: Contact = "",
    next: Next = HOME,  # noqa: A002
    again: Again = "",
) -> Response:
    """Send a code, and ask for it: whoever's contact it is, the page is the same."""
    if not is_contact(visit.town, contact):
        return show(visit, LogInPage(next=next, contact=contact, problem=visit.say(NO_CONTACT)), 422)
    try:
        send_member_code(visit.request, background, visit.town.id, contact, visit.lang)
    except NamedFact as error:
        page = LogInPage(next=next, contact=contact, problem=visit.explain(error))
        return show(visit, page, error.error_kind.status)
    return RedirectResponse(LogInPage(next, contact, seal_step(visit.town, contact=contact, again=again)).path, 303)


@router.post("/code")
def redeem(
    visit: Visiting,
    contact: Contact,
    code: Digits,
    next: Next = HOME,  # noqa: A002
) -> Response:
    """Begin the session."""
    answer = RedirectResponse(local_path(next, HOME), 303)
    try:
        log_in_by_code(visit.request, visit.town.id, contact, code, answer)
    except NamedFact as error:
        problem = explain_code(visit, error)
        step, used_up = seal_step(visit.town, contact=contact), isinstance(error, CodeUsedUp)
        page = LogInPage(next, contact, step, problem=problem, used_up=used_up)
        return show(visit, page, error.error_kind.status)
    return answer
