"""Void a hold by its key, where its answer was lost: none of its points stay locked, and none stay spent."""

from contextlib import closing, suppress
from dataclasses import dataclass
from itertools import count

from coalition.alliance import Alliance
from coalition.purchases.errors import KeyOfAnotherKind
from coalition.purchases.find_hold import capture_among, points_moved
from coalition.purchases.hold import HOLD_PREFIX
from coalition.purchases.purchase import parties_of
from coalition.purchases.void_purchase import VoidOutcome
from coalition.purchases.voided import MARK, post_mark, posting_under, void_key
from settlement import KeyReused
from settlement.ledger import (
    Leg,
    MoveKind,
    Posting,
    RefundSpend,
    Release,
    StoredPosting,
    hold_state,
    postings_that_refer_to,
)


@dataclass(frozen=True, slots=True)
class VoidedHold:
    """What became of a hold that was voided at an instant (microseconds since 1970 UTC).

    `hold` is its public id, where it was placed. `points_released` were still locked, `points_returned` had been
    captured and went back to the lots that they came from.
    """

    outcome: VoidOutcome
    voided_at: int
    hold: str | None = None
    points_released: int = 0
    points_returned: int = 0


def void_hold(alliance: Alliance, key: str) -> VoidedHold:
    """Void whatever hold was, is or will be placed under this key of the book. Durable when it returns.

    An open hold is released. Of a captured one, what was captured and not given back yet goes back to the member.
    The key is dead afterwards; the same again gives the same answer. Raises KeyOfAnotherKind, and what the
    poster raises.
    """
    try:
        return VoidedHold("never_made", post_mark(alliance, key, "hold"))
    except KeyReused:
        placed = posting_under(alliance, key)
        if placed is None or placed.content.get("type") != "hold":
            raise KeyOfAnotherKind from None
    if placed.refusal is not None:
        return VoidedHold("never_made", post_mark(alliance, void_key(placed.id), "hold"))
    undone = _undo(alliance, placed)
    return VoidedHold(
        "undone",
        undone.recorded_at,
        alliance.programme.ids.public(HOLD_PREFIX, placed.id),
        points_released=points_moved([undone], -MoveKind.HOLD),
        points_returned=points_moved([undone], -MoveKind.REDEEM),
    )


def _undo(alliance: Alliance, placed: StoredPosting) -> StoredPosting:
    """The posting that undoes a hold as it stands.

    A capture, a refund or a lapse may come in between: the book refuses then, and the next attempt looks again. Of
    two voids at once, one meets the other's posting under its key, and that is its answer.
    """
    for attempt in count():
        key = void_key(placed.id, attempt)
        if posting_under(alliance, key) is None:
            with suppress(KeyReused):
                alliance.poster.post(_undoing(alliance, placed, key))
        undone = posting_under(alliance, key)
        if undone is not None and undone.refusal is None:
            return undone
    raise AssertionError("count() ended")


def _undoing(alliance: Alliance, placed: StoredPosting, key: str) -> Posting:
    with closing(alliance.database.session()) as session:
        state = hold_state(alliance.book, session, placed.id)
        capture = capture_among(postings_that_refer_to(alliance.book, session, placed.id))
        refunds = [] if capture is None else postings_that_refer_to(alliance.book, session, capture.id)
    left = 0 if capture is None else points_moved([capture], MoveKind.REDEEM) - points_moved(refunds, -MoveKind.REDEEM)
    content: dict[str, str | int] = {"hold": placed.id, **parties_of(placed.content)}
    legs: list[Leg] = []
    if state is not None and state.resolved_by is None:
        content |= {"type": "release"}
        legs.append(Release(placed.id))
    elif capture is not None and left:
        content |= {"type": "refund", "points": left}
        legs.append(RefundSpend(capture.id, left))
    else:
        content = {MARK: "hold"}
    return Posting(key, alliance.clock(), content, legs)
