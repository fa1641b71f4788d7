"""Oneself: what there is about the member, in groups, each row a page of its own."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.access.passkey import list_passkeys
from coalition.access.session_store import list_sessions
from coalition.members.member import Person
from coalition.members.store import person, resolve_merged
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.unread import unread_notices

Done = Literal["", "changed", "added"]
router = PageRouter("/wallet/me")


@dataclass(frozen=True, slots=True)
class MePage(Page):
    """The member; how many passkeys, devices and unread notices there are.

    `done` says what became of a contact of theirs.
    """

    person: Person
    passkeys: int
    sessions: int
    unread: int
    done: Done


@router.get("")
def me(own: AsMember, done: Annotated[Done, Query()] = "") -> HTMLResponse:
    """All of it."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        record = resolve_merged(connection, alliance.id, own.member)
        page = MePage(
            person=person(connection, alliance.id, record),
            passkeys=len(list_passkeys(connection, alliance.id, own.caller.id)),
            sessions=len(list_sessions(connection, alliance.id, own.caller.id, alliance.machine_clock())),
            unread=len(unread_notices(connection, own)),
            done=done,
        )
    return show(own.visit, page)
