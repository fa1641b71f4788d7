"""Events of adjustments."""

from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent

ADJUSTMENT_CREATED = EventType("adjustment.created", "The alliance corrected a member's points by hand.")

POSTING_EVENTS = (PostingEvent("adjustment", ADJUSTMENT_CREATED, "adj"),)
