"""Events of households."""

from typing import Annotated

from typing_extensions import TypedDict

from coalition.events.data import About, Member
from coalition.events.event_type import EventType

Household = Annotated[str, About("The household.")]


class HouseholdInvitationData(TypedDict):
    """An invitation to a household."""

    id: Annotated[str, About("The invitation.")]
    household: Household
    over_at: Annotated[str, About("Until when it can be accepted.", "date-time")]


class HouseholdMemberData(TypedDict):
    """A member of a household."""

    member: Member
    household: Household


class HouseholdPointsData(TypedDict):
    """Points of a member that a sale, a hold or a refund of another member of their household moved."""

    id: Annotated[str, About("The id of what was booked for the other member.")]
    cause: Annotated[str, About("The type of event that it was for them: purchase.created, hold.created, …")]
    occurred_at: Annotated[str, About("When it happened.", "date-time")]
    shop: Annotated[str | None, About("The shop at which it happened.")]
    member: Annotated[str, About("The member whose points they are.")]
    by: Annotated[str, About("The member who bought there.")]
    points_change: Annotated[int, About("By how many points the member has more; below zero where they were taken.")]


HOUSEHOLD_INVITED = EventType(
    "household.invited", "A member invited another one to their household.", HouseholdInvitationData
)
HOUSEHOLD_JOINED = EventType("household.joined", "A member joined a household.", HouseholdMemberData)
HOUSEHOLD_LEFT = EventType("household.left", "A member left a household.", HouseholdMemberData)
HOUSEHOLD_POINTS_CHANGED = EventType(
    "household.points_changed",
    "A purchase, a hold or a refund of another member of the household took points of a member, or gave some back: it "
    "comes right behind that member's own event. No shop is told.",
    HouseholdPointsData,
)
