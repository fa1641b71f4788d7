"""Events of disputes."""

from typing import Annotated, Any

from coalition.events.data import About, PostedData, ShopRef
from coalition.events.event_type import EventType
from coalition.events.posting import EventContext, Posted, PostingEvent


class CorrectionData(PostedData):
    """Points that one shop owes another after a dispute."""

    dispute: Annotated[str, About("The dispute.")]
    shop: ShopRef
    payer: Annotated[str, About("The shop that owes them.")]
    points: Annotated[int, About("The points that it moves.")]


CORRECTION_CREATED = EventType(
    "correction.created", "A dispute was upheld, and the shop's net corrected.", CorrectionData
)


def correction_details(posted: Posted, context: EventContext) -> dict[str, Any]:  # noqa: ARG001 - of all of them
    """How many points a correction moves."""
    return {"points": posted.content["points"]}


POSTING_EVENTS = (PostingEvent("correction", CORRECTION_CREATED, "correction", details=correction_details),)
