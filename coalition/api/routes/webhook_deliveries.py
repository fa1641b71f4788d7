"""Deliveries to webhook endpoints, with their attempts, and sending events again."""

from typing import Annotated, Literal

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.alliance import Alliance, Alliances
from coalition.api.alliance import alliance_now
from coalition.api.event_types import EventType
from coalition.api.fields import Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import invalid, responses
from coalition.api.router import Router
from coalition.api.routes.webhooks import COMMON, MISSING, EndpointId, Owners
from coalition.api.times import Moment
from coalition.events.event import ID as EVENT_ID
from coalition.locale.error_text import reason_text
from coalition.locale.formats import Lang, instant, moment
from coalition.web.request import language_of
from coalition.webhooks.deliveries import DeliveryListed, list_deliveries
from coalition.webhooks.manage_endpoints import own_endpoint
from coalition.webhooks.replay_events import REPLAY_MAX, Period, event_seq, replay_event, replay_period

router = Router(prefix="/v1/webhook_endpoints", tags=["webhooks"])
POSITION = 350


class WebhookAttempt(BaseModel):
    """One attempt to deliver an event."""

    number: int = Field(description="The number of the attempt, from 1.")
    at: Moment = Field(description="When it was made.")
    status: int | None = Field(description="The HTTP status of the answer; any 2xx means delivered.")
    problem: str | None = Field(description="Why there was no answer.")
    duration_ms: int = Field(description="How long it took, in milliseconds.")


class WebhookDelivery(BaseModel):
    """The delivery of an event to an endpoint."""

    event: str = Field(description="The event's id.")
    type: EventType = Field(description="The event's type.")
    state: Literal["pending", "delivered", "failed"] = Field(description="`failed`: given up after the last attempt.")
    next_attempt_at: Moment | None = Field(description="When the next attempt is made.")
    ended_at: Moment | None = Field(description="When it was delivered, or given up.")
    attempts: list[WebhookAttempt] = Field(description="All attempts, oldest first.")


class WebhookReplay(BaseModel):
    """What to send again: one event, or all events of a period."""

    model_config = ConfigDict(extra="forbid")

    event: Text | None = Field(default=None, description="The id of the event.")
    since: Moment | None = Field(
        default=None, description="The start of the period: events recorded at this moment or later."
    )
    until: Moment | None = Field(default=None, description="The end of the period: events recorded before this moment.")
    after: Text | None = Field(
        default=None, description="Continue after this event: the `next` of the previous answer."
    )
    include_delivered: bool = Field(
        default=False,
        description="Whether to send events of the period again that were delivered. A single event is always sent.",
    )


class WebhookReplayQueued(BaseModel):
    """What will be sent again."""

    queued: int = Field(description="How many events will be sent.")
    next: str | None = Field(
        description=f"One call covers {REPLAY_MAX} events: send this as `after` to continue. Null at the end."
    )


@router.get(
    "/{id}/deliveries",
    operation_id="listWebhookDeliveries",
    summary="List an endpoint's deliveries",
    responses=responses(*COMMON, MISSING, (422, "A parameter can't be used.")),
)
def get_deliveries(
    request: Request,
    id: EndpointId,  # noqa: A002 - the path's name
    caller: Owners,
    state: Annotated[
        Literal["pending", "delivered", "failed"] | None, Query(description="Only deliveries in this state.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[WebhookDelivery]:
    """Newest event first, each with all attempts."""
    alliance = alliance_now(request, caller)
    position = position_of(cursor, str)
    before = None if position is None else event_seq(alliance, str(position[0]))
    with alliance.database.engine.connect() as connection:
        endpoint = own_endpoint(connection, caller, id)
        deliveries = list_deliveries(connection, alliance.id, endpoint.id, limit + 1, before=before, state=state)
    ids, lang = alliance.programme.ids, language_of(request)
    return page(
        deliveries,
        limit,
        lambda delivery: [ids.public(EVENT_ID, delivery.seq)],
        lambda delivery: _render_delivery(alliance, delivery, lang),
    )


@router.post(
    "/{id}/replay",
    operation_id="replayWebhooks",
    summary="Send events again",
    responses=responses(
        *COMMON, (404, "No such endpoint or event, or none of yours."), (422, "A field can't be used.")
    ),
)
def replay(
    request: Request,
    id: EndpointId,  # noqa: A002 - the path's name
    body: WebhookReplay,
    caller: Owners,
) -> WebhookReplayQueued:
    """Sends one event, or all of a period that the endpoint accepts, older ones than itself too. Ids stay the same."""
    if (body.event is None) == (body.since is None):
        raise invalid("event", "event_or_range")
    alliance = alliance_now(request, caller)
    alliances: Alliances = request.app.state.alliances
    if body.event is not None:
        done = replay_event(alliance, caller, id, body.event, alliances.clock())
    else:
        since = None if body.since is None else instant(body.since)
        until = None if body.until is None else instant(body.until)
        period = Period(since, until, body.after, body.include_delivered)
        done = replay_period(alliance, caller, id, period, alliances.clock())
    return WebhookReplayQueued(queued=done.queued, next=done.next)


def _render_delivery(alliance: Alliance, delivery: DeliveryListed, lang: Lang) -> WebhookDelivery:
    return WebhookDelivery.model_validate(
        {
            "event": alliance.programme.ids.public(EVENT_ID, delivery.seq),
            "type": delivery.type,
            "state": delivery.state,
            "next_attempt_at": moment(delivery.due_at) if delivery.ended_at is None else None,
            "ended_at": None if delivery.ended_at is None else moment(delivery.ended_at),
            "attempts": [
                WebhookAttempt(
                    number=attempt.number,
                    at=moment(attempt.at),
                    status=attempt.status,
                    problem=attempt.problem and reason_text(attempt.problem, lang, alliance.book.settings),
                    duration_ms=attempt.duration_ms,
                )
                for attempt in delivery.attempts
            ],
        }
    )
