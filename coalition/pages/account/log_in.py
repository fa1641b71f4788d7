"""Staff log in: with a password, and the digits of their authenticator app where they have one."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import Role
from coalition.access.errors import SecondFactorNeeded
from coalition.pages.page import Page, show
from coalition.pages.page_router import NEXT_CHARS_MAX, PageRouter, local_path
from coalition.pages.visit import Visiting
from coalition.web.password_log_in import log_in_by_password
from settlement import NamedFact

HOME = "/"
router = PageRouter("/log-in")
Ended = Literal["", "read", "sent"]


@dataclass(frozen=True, slots=True)
class StaffLogInPage(Page):
    """The form; with `second_factor` it asks for the app's digits too. `ended` is whether a session has, and how."""

    next: str
    email: str = ""
    second_factor: bool = False
    problem: str = ""
    ended: Ended = ""


@router.get("")
def log_in(
    visit: Visiting,
    next: Annotated[str, Query(max_length=NEXT_CHARS_MAX)] = HOME,  # noqa: A002
    code: Annotated[Literal["", "asked"], Query()] = "",
    ended: Annotated[Ended, Query()] = "",
) -> Response:
    """An empty form; whoever has logged in goes on at once. Whoever was asked for a code is asked again, as after the
    language was changed: no address of theirs stands in that of the page.
    """
    onward = local_path(next, HOME)
    if visit.caller is not None and visit.caller.role is not Role.MEMBER:
        return RedirectResponse(onward, 303)
    return show(visit, StaffLogInPage(next=onward, second_factor=code != "", ended=ended))


@router.post("")
def begin(
    visit: Visiting,
    email: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=200)],
    code: Annotated[str, Form(max_length=20)] = "",
    next: Annotated[str, Form(max_length=NEXT_CHARS_MAX)] = HOME,  # noqa: A002
) -> Response:
    """Begin the session, or ask for what is missing."""
    answer = RedirectResponse(local_path(next, HOME), 303)
    digits = "".join(code.split()) or None
    try:
        log_in_by_password(visit.request, visit.town.id, email, password, digits, answer)
    except SecondFactorNeeded:
        return show(visit, StaffLogInPage(next, email, second_factor=True), 401)
    except NamedFact as error:
        return _again(visit, StaffLogInPage(next, email, code != "", visit.explain(error)), error)
    return answer


def _again(visit: Visiting, page: StaffLogInPage, error: NamedFact) -> HTMLResponse:
    return show(visit, page, error.error_kind.status)
