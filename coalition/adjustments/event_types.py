"""Events of adjustments."""

from typing import Annotated, NotRequired

from coalition.events.data import (
    About,
    ExpiresOn,
    Member,
    PointsEarned,
    PointsExpired,
    PostedData,
    RefundFiguresData,
    ShopRef,
)
from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent


class AdjustmentData(PostedData, RefundFiguresData):
    """Points that the alliance gave or took back by hand. `getAdjustment` says why."""

    shop: ShopRef
    member: Member
    by: Annotated[str, About("Who asked for it.")]
    points_earned: NotRequired[PointsEarned]
    expires_on: NotRequired[ExpiresOn]
    points_expired: NotRequired[PointsExpired]


ADJUSTMENT_CREATED = EventType(
    "adjustment.created", "The alliance corrected a member's points by hand.", AdjustmentData
)

POSTING_EVENTS = (PostingEvent("adjustment", ADJUSTMENT_CREATED, "adj", frozenset({"of", "reason", "reason_hash"})),)
