"""The address without a path: everybody is sent to their own face. And the choice of a language, on any page."""

from typing import Annotated

from fastapi import Form
from fastapi.responses import RedirectResponse

from coalition.access.caller import Role
from coalition.locale.formats import Lang
from coalition.pages.console.sections import READERS
from coalition.pages.page_router import PageRouter, local_path
from coalition.pages.visit import LANGUAGE_COOKIE, Visiting
from coalition.web.cookies import YEAR_SECONDS, set_cookie

router = PageRouter()
ADDRESS_CHARS = 2000
"""An address may carry what was typed a step before."""


@router.get("/")
def home(visit: Visiting) -> RedirectResponse:
    """The wallet to members and strangers, the console to those who run something, the till to those who sell."""
    role = Role.MEMBER if visit.caller is None else visit.caller.role
    if role in READERS:
        return RedirectResponse("/console", 303)
    return RedirectResponse("/till" if role is Role.CASHIER else "/wallet", 303)


@router.post("/language")
def choose_language(
    visit: Visiting,
    language: Annotated[Lang, Form()],
    next: Annotated[str, Form(max_length=ADDRESS_CHARS)] = "/",  # noqa: A002
) -> RedirectResponse:
    """Keep a language for this browser, and show the page again."""
    answer = RedirectResponse(local_path(next, "/"), 303)
    set_cookie(visit.request, answer, LANGUAGE_COOKIE, language, YEAR_SECONDS)
    return answer
