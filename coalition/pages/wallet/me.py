"""Oneself: name and language, the lock, passkeys, devices, one's data."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.passkey import Passkey, list_passkeys
from coalition.access.session_store import SessionSummary, list_sessions
from coalition.members.lock_spending import lock_spending
from coalition.members.member import Person
from coalition.members.store import person, resolve_merged
from coalition.members.update_member import MemberChanges, update_member
from coalition.pages.device import device_name
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.paycodes.add_pay_device import end_pay_device
from coalition.paycodes.devices import PayDevice, devices_of
from coalition.web.request import approvals_of

HERE = "/wallet/me"
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class MePage(Page):
    """The member, their passkeys, and the devices on which they are logged in, by what they are called.

    Sessions `with_codes` are of phones that make pay codes; `phones` make them without a session that goes on.
    """

    person: Person
    passkeys: list[Passkey]
    sessions: list[tuple[SessionSummary, str]]
    with_codes: frozenset[str]
    phones: list[PayDevice]
    current: str | None
    done: bool


@router.get("")
def me(own: AsMember, done: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002 - a query's flag
    """All of it."""
    with own.alliance.database.engine.connect() as connection:
        record = resolve_merged(connection, own.alliance.id, own.member)
        whole = person(connection, own.alliance.id, record)
        passkeys = list_passkeys(connection, own.alliance.id, own.caller.id)
        sessions = list_sessions(connection, own.alliance.id, own.caller.id, own.alliance.machine_clock())
        phones = devices_of(connection, own.alliance.id, record.id)
    devices = [(session, device_name(session.agent)) for session in sessions]
    here = {session.id for session in sessions}
    page = MePage(
        person=whole,
        passkeys=passkeys,
        sessions=devices,
        with_codes=frozenset(phone.session for phone in phones if phone.session in here),
        phones=[phone for phone in phones if phone.session not in here],
        current=own.caller.session,
        done=done,
    )
    return show(own.visit, page)


@router.post("/profile")
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


@router.post("/phones/end")
def end_phone(own: AsMember, phone: Annotated[str, Form(max_length=100)]) -> Response:
    """End a phone that makes pay codes. Raises DeviceUnknown."""
    end_pay_device(own.alliance, own.caller, own.member, phone)
    return RedirectResponse(f"{HERE}?done=yes", 303)


@router.post("/lock")
def lock(own: AsMember, locked: Annotated[Literal["yes", "no"], Form()]) -> Response:
    """Lock the points, or unlock them."""
    lock_spending(own.alliance, own.caller, own.member, locked=locked == "yes")
    return RedirectResponse(f"{HERE}?done=yes", 303)
