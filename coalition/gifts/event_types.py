"""Events of gifts."""

from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent

GIFT_CREATED = EventType("gift.created", "A member gave points away: to another member, or for whoever takes them up.")
GIFT_ARRIVED = EventType("gift.arrived", "A gift that waited was taken up.")
GIFT_RETURNED = EventType("gift.returned", "A gift that nobody took up went back to its giver.")

POSTING_EVENTS = (
    PostingEvent("gift", GIFT_CREATED, "gift"),
    PostingEvent("gift_arrived", GIFT_ARRIVED, "arr"),
    PostingEvent("gift_returned", GIFT_RETURNED, "ret"),
)
