"""A posting as an event tells it. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from coalition.events.event_type import EventType
from coalition.ids import PostingIds
from settlement.ledger import MoveKind

BY_CONTACT = "by_contact"
"""In a posting's content and in an event's payload: the shop named the member by a contact, and is told no id."""


class PostedMove(NamedTuple):
    """A move of a posting. `owner` and `expires_on` are its lot's, where points were earned or expired.

    `debit` and `credit` are the accounts that it moved points between, by their numbers in the book.
    """

    kind: int
    terms_id: int
    issuer: str
    amount: int
    owner: str | None
    expires_on: int | None
    debit: int
    credit: int


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting as it is stored, with its moves. `original` is the content of the posting that it refers to.

    `omitted` is the code of the reason for which a leg was left out that need not be taken. `changes` say by how many
    points it changed what each owner can spend.
    """

    id: int
    content: Mapping[str, str | int]
    occurred_at: int
    recorded_at: int
    window_id: int
    late: bool
    refers_to: int | None = None
    original: Mapping[str, str | int] = field(default_factory=dict)
    moves: Sequence[PostedMove] = ()
    omitted: str | None = None
    changes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EventContext:
    """What an alliance's events are made with: public ids, the currency, and what a point of each terms is worth."""

    ids: PostingIds
    currency: str
    minor_per_point: Callable[[int], Fraction]
    window_end: Callable[[int], int]


def no_details(posted: Posted, context: EventContext) -> dict[str, Any]:  # noqa: ARG001 - the shape of all of them
    """Nothing beside the posting's content and figures."""
    return {}


def points_moved(posted: Posted, context: EventContext) -> dict[str, Any]:  # noqa: ARG001 - the shape of all of them
    """The points that went from one member to another: 0 where none were left when it was posted."""
    return {"points_moved": sum(move.amount for move in posted.moves if move.kind == MoveKind.GIVE)}


@dataclass(frozen=True, slots=True)
class PostingEvent:
    """How a type of posting is published.

    `prefix` stands before the posting's public id. The event's payload has the posting's content without the fields
    in `hidden`, the points that it moved, and what `details` adds. A posting of a window as a whole is not
    `in_window`, so its event says neither when it occurred nor in which window it counts.
    """

    posting_type: str
    event_type: EventType
    prefix: str
    hidden: frozenset[str] = frozenset()
    details: Callable[[Posted, EventContext], Mapping[str, Any]] = no_details
    in_window: bool = True
