"""Events of disputes."""

from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent

CORRECTION_CREATED = EventType("correction.created", "A dispute was upheld, and the shop's net corrected.")

POSTING_EVENTS = (PostingEvent("correction", CORRECTION_CREATED, "correction"),)
