"""Events of members."""

from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent

MEMBER_ENROLLED = EventType("member.enrolled", "A member joined.")
MEMBER_FROZEN = EventType("member.frozen", "A member was frozen: their points can't be spent.")
MEMBER_UNFROZEN = EventType("member.unfrozen", "A frozen member may spend again.")
MEMBER_MERGED = EventType("member.merged", "Two members turned out to be one person, and were made one.")
MEMBER_ERASED = EventType("member.erased", "A member asked to be forgotten, and was.")
POINTS_FORWARDED = EventType("points.forwarded", "Points of a merged member went on to the member who is left.")
BALANCE_RELEASED = EventType("balance.released", "A part of a balance that was brought along became points.")

POSTING_EVENTS = (
    PostingEvent("merge", POINTS_FORWARDED, "fwd"),
    PostingEvent("release_of_balance", BALANCE_RELEASED, "bal"),
)
