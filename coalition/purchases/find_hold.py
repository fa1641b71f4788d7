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
    hold_states,
    posting_by_id,
    postings_by_original,
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
    if placed is None:
        raise RuntimeError(f"posting {posting_id} placed no hold")
    (hold,) = read_holds(alliance, [placed])
    return hold


def read_holds(alliance: Alliance, placed: Sequence[StoredPosting]) -> list[PlacedHold]:
    """The holds that these postings placed, as they stand now: as many queries for many as for one."""
    ids = [posting.id for posting in placed]
    with closing(alliance.database.session()) as session:
        states = hold_states(alliance.book, session, ids)
        followers = postings_by_original(alliance.book, session, ids)
        captures = {id_: capture.id for id_ in ids if (capture := capture_among(followers[id_])) is not None}
        refunds = postings_by_original(alliance.book, session, sorted(captures.values()))
    return [
        _placed(
            alliance, posting, states[posting.id], followers[posting.id], refunds.get(captures.get(posting.id, 0), [])
        )
        for posting in placed
    ]


def _placed(
    alliance: Alliance,
    placed: StoredPosting,
    state: HoldState,
    followers: Sequence[StoredPosting],
    refunds: Sequence[StoredPosting],
) -> PlacedHold:
    """A hold, by what refers to it and to its capture."""
    return PlacedHold(
        id=alliance.programme.ids.public(HOLD_PREFIX, placed.id),
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
