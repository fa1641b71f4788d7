"""Events of windows, and of lots that expire."""

from typing import Annotated, Any

from typing_extensions import TypedDict

from coalition.events.data import About, PostedData
from coalition.events.event_type import EventType
from coalition.events.posting import EventContext, Posted, PostingEvent
from coalition.locale.formats import moment, rfc3339


class PointsExpiredData(PostedData):
    """Points whose last day is over."""

    shop: Annotated[str, About("The shop that had issued them.")]
    member: Annotated[str | None, About("The member concerned; null to a shop.")]
    points_expired: Annotated[int, About("The points.")]
    expires_on: Annotated[str, About("Their last day.", "date")]


class WindowClosedData(TypedDict):
    """A window that is closed."""

    id: Annotated[str, About("The id of its closing.")]
    opens_at: Annotated[str, About("When it began.", "date-time")]
    closes_at: Annotated[str, About("When it ended.", "date-time")]


POINTS_EXPIRED = EventType("points.expired", "Points expired, since their last day is over.", PointsExpiredData)
WINDOW_CLOSED = EventType("window.closed", "A window was closed; its nets stand.", WindowClosedData)


def close_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """From when to when the window was."""
    opens_at = int(posted.content["window"])
    return {"opens_at": rfc3339(moment(opens_at)), "closes_at": rfc3339(moment(context.window_end(opens_at)))}


POSTING_EVENTS = (
    PostingEvent("expiry", POINTS_EXPIRED, "exp", frozenset({"lot"})),
    PostingEvent("close", WINDOW_CLOSED, "win", frozenset({"window"}), close_details, in_window=False),
)
