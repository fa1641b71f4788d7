"""Events of windows, and of lots that expire."""

from typing import Any

from coalition.events.event_type import EventType
from coalition.events.posting import EventContext, Posted, PostingEvent
from coalition.locale.formats import moment, rfc3339

POINTS_EXPIRED = EventType("points.expired", "Points expired, since their last day is over.")
WINDOW_CLOSED = EventType("window.closed", "A window was closed; its nets stand.")


def close_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """From when to when the window was."""
    opens_at = int(posted.content["window"])
    return {"opens_at": rfc3339(moment(opens_at)), "closes_at": rfc3339(moment(context.window_end(opens_at)))}


POSTING_EVENTS = (
    PostingEvent("expiry", POINTS_EXPIRED, "exp", frozenset({"lot"})),
    PostingEvent("close", WINDOW_CLOSED, "win", frozenset({"window"}), close_details, in_window=False),
)
