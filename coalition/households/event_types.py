"""Events of households."""

from coalition.events.event_type import EventType

HOUSEHOLD_INVITED = EventType("household.invited", "A member invited another one to their household.")
HOUSEHOLD_JOINED = EventType("household.joined", "A member joined a household.")
HOUSEHOLD_LEFT = EventType("household.left", "A member left a household.")
