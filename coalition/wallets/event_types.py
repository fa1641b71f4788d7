"""Events of wallets."""

from typing import Annotated

from typing_extensions import TypedDict

from coalition.events.data import About, Member
from coalition.events.event_type import EventType


class PointsExpiringData(TypedDict):
    """Points of a member that are about to expire."""

    member: Member
    points: Annotated[int, About("The points that expire unless they are spent by then.")]
    worth_minor: Annotated[int, About("What they pay for, in minor units, rounded down.")]
    expires_on: Annotated[str, About("The last day on which they can be spent.", "date")]


POINTS_EXPIRING = EventType(
    "points.expiring",
    "Points of a member are about to expire: once for each member and day, as many days ahead as the alliance set "
    "(`expiry_notice_days`).",
    PointsExpiringData,
)
