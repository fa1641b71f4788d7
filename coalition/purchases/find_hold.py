"""Find a hold, and read what became of it."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Literal

from coalition.alliance import Alliance
from coalition.events.posting import BY_CONTACT
from coalition.purchases.hold import HOLD_PREFIX
from settlement.ledger import (
    HoldState,
    MoveKind,
    StoredPosting,
    hold_state,
    posting_by_id,
    postings_that_refer_to,
)

HoldStatus = Literal["open", "captured", "released", "lapsing", "lapsed"]
"""What became of a hold. One that is lapsing has run out of time, and its points are locked until the next sweep."""


@dataclass(frozen=True, slots=True)
class PlacedHold:
    """A hold as it stands, under its public id. Instants are microseconds since 1970 UTC.

    Of a member whom the till named `by_contact` its shop is told no id. `points` were locked; of those
    `points_captured` were spent, and of those `points_returned` were given back.
    """

    id: str
    shop: str
    member: str
    points: int
    status: HoldStatus
    points_captured: int
    points_returned: int
    lapses_at: int
    created_at: int
    by_contact: bool = False


def read_hold(alliance: Alliance, posting_id: int) -> PlacedHold:
    """The hold that a posting placed, as it stands now."""
    with closing(alliance.database.session()) as session:
        placed = posting_by_id(alliance.book, session, posting_id)
        state = hold_state(alliance.book, session, posting_id)
        followers = postings_that_refer_to(alliance.book, session, posting_id)
        capture = capture_among(followers)
        refunds = [] if capture is None else postings_that_refer_to(alliance.book, session, capture.id)
    if placed is None or state is None:
        raise RuntimeError(f"posting {posting_id} placed no hold")
    return PlacedHold(
        id=alliance.programme.ids.public(HOLD_PREFIX, posting_id),
        shop=str(placed.content["shop"]),
        member=str(placed.content["member"]),
        points=sum(move.amount for move in placed.moves),
        status=_status(state, followers, alliance.clock()),
        points_captured=points_moved(followers, MoveKind.REDEEM),
        points_returned=points_moved(refunds, -MoveKind.REDEEM),
        lapses_at=state.lapses_at,
        created_at=placed.recorded_at,
        by_contact=BY_CONTACT in placed.content,
    )


def capture_among(followers: Sequence[StoredPosting]) -> StoredPosting | None:
    """The capture among the postings that refer to a hold."""
    return next((posting for posting in followers if posting.content.get("type") == "capture"), None)


def points_moved(postings: Sequence[StoredPosting], kind: int) -> int:
    """Points in the moves of this kind."""
    return sum(move.amount for posting in postings for move in posting.moves if move.kind == kind)


def _status(state: HoldState, followers: Sequence[StoredPosting], now: int) -> HoldStatus:
    if state.resolved_by is None:
        # A hold has lapsed once the sweep has released it: until then its points are in no balance.
        return "open" if now <= state.lapses_at else "lapsing"
    kinds = {posting.content.get("type") for posting in followers}
    if "capture" in kinds:
        return "captured"
    return "released" if "release" in kinds else "lapsed"
