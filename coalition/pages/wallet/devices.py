"""Where a member is logged in, and which devices make pay codes."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.session_store import SessionSummary, list_sessions
from coalition.members.store import resolve_merged
from coalition.pages.device import device_name
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.paycodes.add_pay_device import end_pay_device
from coalition.paycodes.devices import PayDevice, devices_of

HERE = "/wallet/me/devices"
Done = Literal["", "out", "ended"]
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class DevicesPage(Page):
    """The devices on which the member is logged in, by what they are called.

    Sessions `with_codes` are of devices that make pay codes; `phones` make them without a session that goes on. `done`
    is what has just happened to one.
    """

    sessions: list[tuple[SessionSummary, str]]
    with_codes: frozenset[str]
    phones: list[PayDevice]
    current: str | None
    done: Done


@router.get("")
def devices(own: AsMember, done: Annotated[Done, Query()] = "") -> HTMLResponse:
    """All of them."""
    with own.alliance.database.engine.connect() as connection:
        member = resolve_merged(connection, own.alliance.id, own.member).id
        sessions = list_sessions(connection, own.alliance.id, own.caller.id, own.alliance.machine_clock())
        phones = devices_of(connection, own.alliance.id, member)
    here = {session.id for session in sessions}
    page = DevicesPage(
        sessions=[(session, device_name(session.agent)) for session in sessions],
        with_codes=frozenset(phone.session for phone in phones if phone.session in here),
        phones=[phone for phone in phones if phone.session not in here],
        current=own.caller.session,
        done=done,
    )
    return show(own.visit, page)


@router.post("/end")
def end_phone(own: AsMember, phone: Annotated[str, Form(max_length=100)]) -> Response:
    """End a device that makes pay codes. Raises DeviceUnknown."""
    end_pay_device(own.alliance, own.caller, own.member, phone)
    return RedirectResponse(f"{HERE}?done=ended", 303)
