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


HOUSEHOLD_INVITED = EventType(
    "household.invited", "A member invited another one to their household.", HouseholdInvitationData
)
HOUSEHOLD_JOINED = EventType("household.joined", "A member joined a household.", HouseholdMemberData)
HOUSEHOLD_LEFT = EventType("household.left", "A member left a household.", HouseholdMemberData)
