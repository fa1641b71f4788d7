"""Webhook endpoints: where events are sent, whether that works, and adding one."""

from collections.abc import Sequence
from dataclasses import dataclass
from secrets import token_hex
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.events.types import event_types
from coalition.ids import id_of_bytes
from coalition.pages.console.sections import WEBHOOKS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.shown_once import carry
from coalition.pages.typed import NewFormKey, optional_text, typed_text
from coalition.web.form_bytes import form_bytes
from coalition.web.request import allows_private
from coalition.webhooks.endpoint import Endpoint
from coalition.webhooks.manage_endpoints import NewEndpoint, create_endpoint, own_endpoints
from coalition.webhooks.store import ID
from settlement import NamedFact

router = PageRouter("/console/webhooks")
Staff = Annotated[StaffVisit, Depends(admit(WEBHOOKS.roles))]
Types = Annotated[list[str], Form(max_length=100)]
URL_FIELD_MAX = 2_000
FRESH = "fresh-secret"
A_PAGE = 50
Group = Literal["all", "on", "off"]
GROUPS: dict[Group, bool | None] = {"all": None, "on": True, "off": False}
"""Whether endpoints of a group get events; None where both do."""


@dataclass(frozen=True, slots=True)
class WebhooksPage(ConsolePage):
    """Those endpoints that are asked for, the oldest first."""

    endpoints: list[Endpoint]
    number: int
    pages: int
    words: str
    group: Group
    names: dict[str, str]
    shops: list[tuple[str, str]]
    types: list[str]
    key: str
    done: str = ""
    problem: str = ""
    section: Section = WEBHOOKS


@router.get("")
def webhooks(
    staff: Staff,
    words: Annotated[str, Query(max_length=200)] = "",
    group: Annotated[Group, Query()] = "all",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    done: Annotated[str, Query(max_length=20)] = "",
) -> HTMLResponse:
    """All that are asked for; a manager's are the shop's own."""
    return _show(staff, words=words, group=group, number=page, done=done)


@router.post("")
def add(
    staff: Staff,
    url: Annotated[str, Form(max_length=URL_FIELD_MAX)],
    description: Annotated[str, Form(max_length=200)] = "",
    shop: Annotated[str, Form(max_length=100)] = "",
    types: Types = [],  # noqa: B006 - the framework makes a new one for each form
    key: NewFormKey = "",
) -> Response:
    """Send events to another address from now on; its page shows its secret once."""
    own_id = id_of_bytes(ID, form_bytes(staff.alliance, staff.caller, "webhook endpoint", key)) if key else ""
    try:
        where, note = staff.shop or shop or None, optional_text("description", description)
        new = NewEndpoint(typed_text("url", url), where, known_types(types), note, own_id)
        made = create_endpoint(
            staff.alliance,
            staff.caller,
            new,
            staff.alliance.machine_clock(),
            allow_private=allows_private(staff.visit.request),
        )
    except NamedFact as error:
        return _show(staff, problem=staff.visit.explain(error), code=error.error_kind.status)
    return with_secret(staff, made.id, "made")


def with_secret(staff: StaffVisit, endpoint: str, done: str) -> Response:
    """The page of an endpoint, which shows its newest secret once."""
    answer = RedirectResponse(f"/console/webhooks/{endpoint}?done={done}", 303)
    carry(staff.visit, answer, FRESH, endpoint)
    return answer


def known_types(chosen: Sequence[str]) -> list[str]:
    """The kinds of event among those that a form names."""
    return [name for name in event_types() if name in chosen]


def _show(
    staff: StaffVisit,
    *,
    words: str = "",
    group: Group = "all",
    number: int = 1,
    done: str = "",
    problem: str = "",
    code: int = 200,
) -> HTMLResponse:
    with staff.alliance.database.engine.connect() as connection:
        endpoints = own_endpoints(connection, staff.caller)
    names, wanted = staff.names(), words.casefold()
    listed = [
        each
        for each in endpoints
        if GROUPS[group] in (None, each.enabled)
        and wanted in f"{each.url} {each.description or ''} {names.get(each.shop or '', '')}".casefold()
    ]
    page = WebhooksPage(
        endpoints=listed[(number - 1) * A_PAGE : number * A_PAGE],
        number=number,
        pages=max(1, -(-len(listed) // A_PAGE)),
        words=words,
        group=group,
        names=names,
        shops=[] if staff.shop is not None else staff.shops(),
        types=list(event_types()),
        key=token_hex(16),
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)
