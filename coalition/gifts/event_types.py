"""Events of gifts: each is about the gift that `GET /v1/gifts/{id}` answers with."""

from typing import Annotated, Any, NotRequired

from coalition.events.data import About, Member, PointsMoved, PointsSettled, PostedData
from coalition.events.event_type import EventType
from coalition.events.posting import EventContext, Posted, PostingEvent, points_moved


class GiftData(PostedData):
    """A gift; `id` is the gift's own."""

    member: Member
    receiver: Annotated[str | None, About("Who received it; null where nobody has taken it up.")]
    points_moved: PointsMoved
    points_settled: NotRequired[PointsSettled]


GIFT_CREATED = EventType(
    "gift.created", "A member gave points away: to another member, or for whoever takes them up.", GiftData
)
GIFT_ARRIVED = EventType("gift.arrived", "A gift that waited was taken up.", GiftData)
GIFT_RETURNED = EventType("gift.returned", "A gift that nobody took up went back to its giver.", GiftData)


def gift_details(posted: Posted, context: EventContext) -> dict[str, Any]:
    """The gift's own id, who received it (nobody yet where the points wait under the gift's id), and how much."""
    gift, receiver = posted.content["gift"], posted.content.get("receiver")
    return {"id": gift, "receiver": None if receiver == gift else receiver, **points_moved(posted, context)}


_HIDDEN = frozenset({"gift"})

POSTING_EVENTS = (
    PostingEvent("gift", GIFT_CREATED, "gift", _HIDDEN, gift_details),
    PostingEvent("gift_arrived", GIFT_ARRIVED, "arr", _HIDDEN, gift_details),
    PostingEvent("gift_returned", GIFT_RETURNED, "ret", _HIDDEN, gift_details),
)
