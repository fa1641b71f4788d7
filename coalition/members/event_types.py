"""Events of members."""

from typing import Annotated, NotRequired

from typing_extensions import TypedDict

from coalition.events.data import (
    About,
    ExpiresOn,
    Member,
    PointsEarned,
    PointsMoved,
    PointsSettled,
    PostedData,
    RefundFiguresData,
    ShopRef,
)
from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent, points_moved

Remaining = Annotated[str, About("The member who is left.")]


class MemberData(TypedDict):
    """A member."""

    member: Member


class MemberMergedData(TypedDict):
    """Two members who were made one."""

    member: Annotated[str, About("The member who is no more.")]
    receiver: Remaining


class PointsForwardedData(PostedData):
    """Points that went on to the member who is left."""

    member: Annotated[str, About("The member who was merged.")]
    receiver: Remaining
    points_moved: PointsMoved
    points_settled: NotRequired[PointsSettled]


class BalanceReleasedData(PostedData, RefundFiguresData):
    """A part of a balance from before."""

    shop: ShopRef
    member: Member
    ref: Annotated[str, About("A hash of the balance's reference in the file that was imported.")]
    part: Annotated[int, About("Which part of it.")]
    points_earned: PointsEarned
    expires_on: ExpiresOn


MEMBER_ENROLLED = EventType("member.enrolled", "A member joined.", MemberData)
MEMBER_FROZEN = EventType("member.frozen", "A member was frozen: their points can't be spent.", MemberData)
MEMBER_UNFROZEN = EventType("member.unfrozen", "A frozen member may spend again.", MemberData)
SPENDING_LOCKED = EventType("spending.locked", "A member locked their points: nothing of them is spent.", MemberData)
SPENDING_UNLOCKED = EventType("spending.unlocked", "A member unlocked their points.", MemberData)
MEMBER_MERGED = EventType(
    "member.merged", "Two members turned out to be one person, and were made one.", MemberMergedData
)
MEMBER_ERASED = EventType("member.erased", "A member asked to be forgotten, and was.", MemberData)
POINTS_FORWARDED = EventType(
    "points.forwarded", "Points of a merged member went on to the member who is left.", PointsForwardedData
)
BALANCE_RELEASED = EventType(
    "balance.released", "A part of a balance that was brought along became points.", BalanceReleasedData
)

POSTING_EVENTS = (
    PostingEvent("merge", POINTS_FORWARDED, "fwd", details=points_moved),
    PostingEvent("release_of_balance", BALANCE_RELEASED, "bal"),
)
