"""What events say in `data`: the words of their fields, and the fields that every posting's event has. Pure.

A type of event names the form of its data, a TypedDict whose fields are annotated with what they mean. The API's
description, the reference and the client take the types of webhooks from there.
"""

from dataclasses import dataclass
from typing import Annotated

from typing_extensions import TypedDict


@dataclass(frozen=True, slots=True)
class About:
    """What a field means, and its format where it is text of a known one."""

    text: str
    format: str | None = None


Member = Annotated[str, About("The member concerned.")]
Buyer = Annotated[str | None, About("The member concerned; null to a shop that named them by a contact.")]
ShopRef = Annotated[str, About("The shop at which it happened.")]
WindowId = Annotated[str, About("The window that it counts in.")]
Currency = Annotated[str, About("The currency, by its ISO 4217 code.")]

PointsEarned = Annotated[int, About("The points that were earned.")]
PointsSpent = Annotated[int, About("The points that were spent.")]
PointsMoved = Annotated[int, About("The points that went from one member to another.")]
PointsReleased = Annotated[int, About("The points that are free again.")]
SpentFrom = Annotated[dict[str, int], About("The points that were spent, by the shop that had issued them.")]
ReturnedTo = Annotated[dict[str, int], About("The points that came back, by the shop that had issued them.")]
ExpiresOn = Annotated[str, About("The last day on which the earned points can be spent.", "date")]


PointsExpired = Annotated[int, About("The points among them whose last day was over: they expired at once.")]
PointsSettled = Annotated[int, About("The points among them that paid what the member owed.")]


class PostedData(TypedDict):
    """What every event of something that was booked says."""

    id: Annotated[str, About("The id of what was booked.")]
    occurred_at: Annotated[str, About("When it happened.", "date-time")]
    window: WindowId
    late: Annotated[bool, About("Whether it happened in a window that was closed already, and counts in a later one.")]


class RefundFiguresData(TypedDict, total=False):
    """Points that came back, and those that a member owes since a refund."""

    points_returned: Annotated[int, About("The points that went back to the member.")]
    points_taken_back: Annotated[int, About("The earned points that were taken back.")]
    points_owed: Annotated[int, About("The points that the member owes: they had spent them, or given them away.")]
    points_settled: Annotated[int, About("The points that paid what the member owed.")]
    points_waived: Annotated[int, About("The points that had expired before: nobody owes them.")]
