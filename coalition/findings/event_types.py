"""Events of findings. None of them tells a member's wallet what was seen."""

from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from coalition.events.data import About, Buyer, ExpiresOn, PointsExpired, PointsReleased, PointsSettled, PostedData
from coalition.events.event_type import EventType
from coalition.events.posting import EventContext, Posted, PostingEvent
from coalition.locale.formats import moment, rfc3339
from coalition.purchases.hold import HOLD_PREFIX

FindingId = Annotated[str, About("The finding.")]


class FindingCreatedData(TypedDict):
    """What was seen. The member is named by the API only."""

    finding: FindingId
    pattern: Annotated[str, About("What it looks like, by a stable name.")]
    shop: Annotated[str | None, About("The shop, where all of it happened at one; else it is for the alliance alone.")]
    figures: Annotated[dict[str, int], About("What was seen, in numbers.")]
    evidence: Annotated[list[str], About("The purchases and refunds that show it.")]
    points: Annotated[int, About("The points that a member earned by it.")]


class FindingDecidedData(TypedDict):
    """What somebody made of a finding."""

    finding: FindingId
    pattern: Annotated[str, About("What it looked like, by a stable name.")]
    shop: Annotated[str | None, About("Its shop, if it is of one.")]
    status: Annotated[str, About("`dismissed`: there is nothing to it. `confirmed`: it is what it looked like.")]


class PointsHeldData(PostedData):
    """Points that a member can't spend while somebody looks at sales of theirs."""

    finding: FindingId
    member: Buyer
    shop: NotRequired[Annotated[str, About("The shop, where it all happened at one.")]]
    points_held: Annotated[int, About("The points that are locked.")]
    lapses_at: Annotated[str, About("When they are free again by themselves.", "date-time")]


class PointsFreedData(PostedData):
    """Points that can be spent again."""

    finding: FindingId
    member: Buyer
    shop: NotRequired[Annotated[str, About("The shop, where it all happened at one.")]]
    points_released: PointsReleased
    hold: Annotated[str, About("What had locked them, as `hold.lapsed` names it.")]
    points_expired: NotRequired[PointsExpired]
    points_settled: NotRequired[PointsSettled]
    expires_on: NotRequired[ExpiresOn]


FINDING_CREATED = EventType(
    "finding.created", "Sales look like fraud: somebody should look at them.", FindingCreatedData
)
FINDING_DECIDED = EventType("finding.decided", "Somebody has dismissed or confirmed a finding.", FindingDecidedData)
POINTS_HELD = EventType("points.held", "Points of a member are locked because of a finding.", PointsHeldData)
POINTS_FREED = EventType(
    "points.freed", "A finding was dismissed; the points that it held are free again.", PointsFreedData
)


def held_details(posted: Posted, context: EventContext) -> dict[str, Any]:  # noqa: ARG001 - the shape of all of them
    """When the points are free again at the latest."""
    return {"lapses_at": rfc3339(moment(int(posted.content["lapses_at"])))}


def freed_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """What had locked the points."""
    return {} if posted.refers_to is None else {"hold": context.ids.public(HOLD_PREFIX, posted.refers_to)}


POSTING_EVENTS = (
    PostingEvent("finding_hold", POINTS_HELD, HOLD_PREFIX, frozenset({"lapses_at"}), held_details),
    PostingEvent("finding_release", POINTS_FREED, "rel", details=freed_details),
)
