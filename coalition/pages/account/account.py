"""The account of somebody of the alliance or of a shop: who they are, how they log in, where they are logged in."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.access.passkey import Passkey, list_passkeys
from coalition.access.session_store import SessionSummary, list_sessions
from coalition.access.user import User
from coalition.access.user_store import find_user
from coalition.pages.console.sections import READERS
from coalition.pages.device import device_name
from coalition.pages.errors import LogInNeeded
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsStaff, Visiting

router = PageRouter("/account")


@dataclass(frozen=True, slots=True)
class AccountPage(Page):
    """A user, their passkeys, and where they are logged in, by what the devices are called.

    `runs` is whether there is a console for them.
    """

    user: User
    passkeys: list[Passkey]
    sessions: list[tuple[SessionSummary, str]]
    current: str | None
    welcome: bool
    runs: bool


@router.get("")
def account(visit: Visiting, caller: AsStaff, welcome: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002
    """Oneself."""
    now = visit.town.machine_clock()
    with visit.town.database.engine.connect() as connection:
        user = find_user(connection, caller.alliance_id, caller.id.removeprefix("user:"))
        passkeys = list_passkeys(connection, caller.alliance_id, caller.id)
        sessions = list_sessions(connection, caller.alliance_id, caller.id, now)
    if user is None:
        raise LogInNeeded("/log-in", ended=False)
    devices = [(session, device_name(session.agent)) for session in sessions]
    return show(visit, AccountPage(user, passkeys, devices, caller.session, welcome, caller.role in READERS))
