"""A member's name, and the language in which messages reach them."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.members.store import resolve_merged
from coalition.members.update_member import MemberChanges, update_member
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.web.request import approvals_of

HERE = "/wallet/me/profile"
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class ProfilePage(Page):
    """What is kept: a language is en or zh, or empty where it goes by the browser's."""

    name: str
    language: str
    done: bool


@router.get("")
def profile(own: AsMember, done: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002 - a query's flag
    """The form."""
    with own.alliance.database.engine.connect() as connection:
        kept = resolve_merged(connection, own.alliance.id, own.member).profile
    return show(own.visit, ProfilePage(kept.name or "", (kept.language or "")[:2], done))


@router.post("")
def change_profile(
    own: AsMember,
    name: Annotated[str, Form(max_length=200)] = "",
    language: Annotated[Literal["", "en", "zh"], Form()] = "",
) -> Response:
    """Keep the name, and the language of messages."""
    changes = MemberChanges({"name": " ".join(name.split()) or None, "language": language or None})
    approvals = approvals_of(own.visit.request)
    update_member(own.alliance, approvals, own.caller, own.member, changes, lambda _: None)
    return RedirectResponse(f"{HERE}?done=yes", 303)
