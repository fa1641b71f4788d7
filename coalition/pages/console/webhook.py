"""A webhook endpoint: what was sent to it, try by try; sending it again; another address or secret, off, or gone."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.events.event import ID as EVENT_ID
from coalition.events.types import event_types
from coalition.pages.console.sections import WEBHOOKS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.console.webhooks import FRESH, URL_FIELD_MAX, Types, known_types, with_secret
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.shown_once import carried, drop
from coalition.pages.typed import Ref, optional_text, typed_text
from coalition.web.request import allows_private
from coalition.webhooks.deliveries import DeliveryListed, list_deliveries
from coalition.webhooks.endpoint import Endpoint
from coalition.webhooks.manage_endpoints import (
    EndpointChange,
    delete_endpoint,
    own_endpoint,
    rotate_secret,
    update_endpoint,
)
from coalition.webhooks.replay_events import Period, event_seq, replay_event, replay_period
from settlement import NamedFact, day_number

router = PageRouter("/console/webhooks/{endpoint}")
Staff = Annotated[StaffVisit, Depends(admit(WEBHOOKS.roles))]
State = Literal["", "pending", "delivered", "failed"]
A_PAGE = 30
OVERLAP_HOURS = 24
HOUR = 3_600 * 1_000_000
DAYS_AGAIN_MAX = 31
"""So many days are sent again at once: a page is waited for."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """An event's way to an endpoint, with its public id, and in words why its last try failed."""

    id: str
    delivery: DeliveryListed
    why: str


@dataclass(frozen=True, slots=True)
class WebhookPage(ConsolePage):
    """An endpoint with what was sent, the newest first. `before` is where the next page begins; empty on the last.

    `has_secret` is whether its new secret is shown, which no other page shows. `queued` is how much is sent again.
    """

    endpoint: Endpoint
    shop: str
    because: str
    state: State
    sent: list[Delivered]
    before: str
    types: list[str]
    overlap_hours: int = OVERLAP_HOURS
    has_secret: bool = False
    queued: int = 0
    done: str = ""
    problem: str = ""
    section: Section = WEBHOOKS


@router.get("")
def webhook(
    staff: Staff,
    endpoint: Ref,
    state: Annotated[State, Query()] = "",
    before: Annotated[str, Query(max_length=100)] = "",
    done: Annotated[str, Query(max_length=20)] = "",
    queued: Annotated[int, Query(ge=0)] = 0,
) -> HTMLResponse:
    """The endpoint. A secret that was made just now is shown once."""
    has_secret = done in ("made", "secret") and carried(staff.visit, FRESH) == endpoint
    answer = _show(staff, endpoint, state, before, has_secret=has_secret, done=done, queued=queued)
    if has_secret:
        drop(staff.visit, answer, FRESH)
    return answer


@router.post("/change")
def change(
    staff: Staff,
    endpoint: Ref,
    url: Annotated[str, Form(max_length=URL_FIELD_MAX)],
    description: Annotated[str, Form(max_length=200)] = "",
    types: Types = [],  # noqa: B006 - the framework makes a new one for each form
) -> Response:
    """Another address, other events, another note."""
    try:
        wanted = EndpointChange(typed_text("url", url), known_types(types), optional_text("description", description))
    except FieldWrong as error:
        return _show(staff, endpoint, problem=staff.visit.explain(error), code=error.error_kind.status)
    return _update(staff, endpoint, wanted, "saved")


@router.post("/state")
def set_state(staff: Staff, endpoint: Ref, state: Annotated[Literal["on", "off"], Form()]) -> Response:
    """Send it events again, or none."""
    return _update(staff, endpoint, EndpointChange(enabled=state == "on"), state)


@router.post("/secret")
def new_secret(staff: Staff, endpoint: Ref) -> Response:
    """Another secret, shown once; the old one goes on for a day."""
    rotate_secret(staff.alliance, staff.caller, endpoint, staff.alliance.machine_clock(), OVERLAP_HOURS * HOUR)
    return with_secret(staff, endpoint, "secret")


@router.post("/delete")
def delete(staff: Staff, endpoint: Ref) -> Response:
    """The endpoint, and all that waits for it."""
    delete_endpoint(staff.alliance, staff.caller, endpoint)
    return RedirectResponse("/console/webhooks?done=deleted", 303)


@router.post("/again/{event}")
def send_again(staff: Staff, endpoint: Ref, event: Ref) -> Response:
    """One event."""
    try:
        done = replay_event(staff.alliance, staff.caller, endpoint, event, staff.alliance.machine_clock())
    except NamedFact as error:
        return _show(staff, endpoint, problem=staff.visit.explain(error), code=error.error_kind.status)
    return RedirectResponse(f"/console/webhooks/{endpoint}?done=again&queued={done.queued}", 303)


@router.post("/again")
def send_days_again(
    staff: Staff,
    endpoint: Ref,
    since: Annotated[date, Form()],
    until: Annotated[date, Form()],
    which: Annotated[Literal["failed", "all"], Form()] = "failed",
) -> Response:
    """The events of whole days on the alliance's clock: all, or those that were not delivered."""
    calendar, now = staff.alliance.book.calendar, staff.alliance.machine_clock()
    if not 0 <= (until - since).days < DAYS_AGAIN_MAX:
        problem = staff.visit.beside(
            "until",
            staff.visit.say(
                "Choose a last day that is not before the first, and no more than {count} days.", count=DAYS_AGAIN_MAX
            ),
        )
        return _show(staff, endpoint, problem=problem, code=422)
    start, end = calendar.start_of_day(day_number(since)), calendar.end_of_day(day_number(until))
    queued, after = 0, None
    while True:
        period = Period(start, end, after, include_delivered=which == "all")
        try:
            done = replay_period(staff.alliance, staff.caller, endpoint, period, now)
        except NamedFact as error:
            return _show(staff, endpoint, problem=staff.visit.explain(error), code=error.error_kind.status)
        queued, after = queued + done.queued, done.next
        if after is None:
            return RedirectResponse(f"/console/webhooks/{endpoint}?done=again&queued={queued}", 303)


def _update(staff: StaffVisit, endpoint: str, wanted: EndpointChange, done: str) -> Response:
    now = staff.alliance.machine_clock()
    try:
        update_endpoint(
            staff.alliance, staff.caller, endpoint, wanted, now, allow_private=allows_private(staff.visit.request)
        )
    except NamedFact as error:
        return _show(staff, endpoint, problem=staff.visit.explain(error), code=error.error_kind.status)
    return RedirectResponse(f"/console/webhooks/{endpoint}?done={done}", 303)


def _show(
    staff: StaffVisit,
    id_: str,
    state: State = "",
    before: str = "",
    *,
    has_secret: bool = False,
    queued: int = 0,
    done: str = "",
    problem: str = "",
    code: int = 200,
) -> HTMLResponse:
    alliance = staff.alliance
    seq = event_seq(alliance, before) if before else None
    with alliance.database.engine.connect() as connection:
        endpoint = own_endpoint(connection, staff.caller, id_)
        rows = list_deliveries(connection, alliance.id, endpoint.id, A_PAGE + 1, before=seq, state=state or None)
    sent = [Delivered(alliance.programme.ids.public(EVENT_ID, row.seq), row, _why(staff, row)) for row in rows[:A_PAGE]]
    because = endpoint.disabled_because
    page = WebhookPage(
        endpoint=endpoint,
        shop="" if endpoint.shop is None else staff.names().get(endpoint.shop, endpoint.shop),
        because="" if because is None else staff.visit.reason(because),
        state=state,
        sent=sent,
        before=sent[-1].id if len(rows) > A_PAGE else "",
        types=list(event_types()),
        has_secret=has_secret,
        queued=queued,
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)


def _why(staff: StaffVisit, delivery: DeliveryListed) -> str:
    """Why the last try was not the last that was needed; empty where it was, or nothing was tried."""
    last = delivery.attempts[-1] if delivery.attempts else None
    if last is None or delivery.state == "delivered":
        return ""
    if last.problem:
        return staff.visit.reason(last.problem)
    return staff.visit.say("It answered with {status}.", status=last.status)
