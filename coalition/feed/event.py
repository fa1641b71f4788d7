"""An event, and the event that a posting becomes. Pure: what was read of the book in, an event out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from coalition.events.types import EventType
from coalition.ids import PostingIds, window_id
from coalition.locale.formats import moment, rfc3339
from coalition.purchases.lines import decode_lines
from settlement import date_text
from settlement.ledger import MoveKind

ID = "evt"
_ZERO = Fraction(0)
_SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in an alliance. `at` is microseconds since 1970 UTC, `payload` what there is to know.

    `seq` counts an alliance's events up, in the order in which they were committed. `posting_id` is set where a
    posting of the book is what happened; `member` and `second_member` are the members concerned.
    """

    seq: int
    type: EventType
    at: int
    posting_id: int | None
    shop: str | None
    member: str | None
    second_member: str | None
    payload: Mapping[str, Any]

    def public_id(self, ids: PostingIds) -> str:
        """The id by which the API and webhooks name it."""
        return ids.public(ID, self.seq)


class PostedMove(NamedTuple):
    """A move of a posting: what of it an event tells. `owner` and `expires_on` are the lot's, where one is told of."""

    kind: int
    terms_id: int
    issuer: str
    amount: int
    owner: str | None
    expires_on: int | None


@dataclass(frozen=True, slots=True)
class Posted:
    """A posting as it is stored, with its moves. `original` is what the posting that it refers to stood for."""

    id: int
    content: Mapping[str, str | int]
    occurred_at: int
    recorded_at: int
    window_id: int
    late: bool
    refers_to: int | None = None
    original: Mapping[str, str | int] = field(default_factory=dict)
    moves: Sequence[PostedMove] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """What an alliance's events are told by: public ids, the currency, and what a point of each terms is worth."""

    ids: PostingIds
    currency: str
    minor_per_point: Callable[[int], Fraction]
    window_end: Callable[[int], int]


class Naming(NamedTuple):
    """How a posting's type is told: the event's type, and what stands in front of the public id."""

    event: EventType
    prefix: str


NAMINGS: Mapping[str, Naming] = {
    "purchase": Naming(EventType.PURCHASE_CREATED, "pur"),
    "refund": Naming(EventType.REFUND_CREATED, "ref"),
    "hold": Naming(EventType.HOLD_CREATED, "hold"),
    "capture": Naming(EventType.HOLD_CAPTURED, "cap"),
    "release": Naming(EventType.HOLD_RELEASED, "rel"),
    "lapse": Naming(EventType.HOLD_LAPSED, "lap"),
    "gift": Naming(EventType.GIFT_CREATED, "gift"),
    "adjustment": Naming(EventType.ADJUSTMENT_CREATED, "adj"),
    "gift_arrived": Naming(EventType.GIFT_ARRIVED, "arr"),
    "gift_returned": Naming(EventType.GIFT_RETURNED, "ret"),
    "merge": Naming(EventType.POINTS_FORWARDED, "fwd"),
    "release_of_balance": Naming(EventType.BALANCE_RELEASED, "bal"),
    "expiry": Naming(EventType.POINTS_EXPIRED, "exp"),
    "close": Naming(EventType.WINDOW_CLOSED, "win"),
    "correction": Naming(EventType.CORRECTION_CREATED, "correction"),
}
"""How each type of posting is told; one without a type is no fact of its own."""

ISSUE, REDEEM, EXPIRE = int(MoveKind.ISSUE), int(MoveKind.REDEEM), int(MoveKind.EXPIRE)
COMPENSATE = int(MoveKind.COMPENSATE)
FIGURES: Mapping[int, Sequence[str]] = {
    ISSUE: ("points_earned",),
    REDEEM: ("points_spent",),
    -REDEEM: ("points_returned",),
    -ISSUE: ("points_taken_back",),
    int(MoveKind.OWE): ("points_taken_back", "points_owed"),
    -COMPENSATE: ("points_taken_back",),
    int(MoveKind.GIVE): ("points_given",),
    int(MoveKind.HOLD): ("points_held",),
    -int(MoveKind.HOLD): ("points_released",),
    EXPIRE: ("points_expired",),
    COMPENSATE: ("points_settled",),
}
"""The figures of an event that a move of each kind adds to; a figure of zero is left out."""

SHOPS_TOLD = {REDEEM: "spent_from", -REDEEM: "returned_to"}
"""Moves of which an event tells whose points they moved: points by the shop that issued them."""

OWN_FIELDS = frozenset(
    {
        "type",
        "at",
        "occurred_at",
        "asked",
        "accept_partial",
        "lot",
        "points",
        "hold",
        "lapses_at",
        "lapses_after_seconds",
        "window",
        "under",
        "lines",
        "purchase",
    }
)
"""What a posting stands for that its event tells in other words, or not at all."""


def event_of(posted: Posted, seq: int, told: Told) -> Event | None:
    """The event that a posting becomes; None for one that is no fact of its own."""
    kind = posted.content.get("type")
    if not isinstance(kind, str):
        return None
    naming = NAMINGS[kind]
    payload: dict[str, Any] = {"id": told.ids.public(naming.prefix, posted.id)}
    payload.update((name, value) for name, value in posted.content.items() if name not in OWN_FIELDS)
    shop, member = (_named(posted, name) for name in ("shop", "member"))
    expired = next((move for move in posted.moves if move.kind == EXPIRE), None)
    if expired is not None:
        shop, member = expired.issuer, expired.owner
    payload |= {name: value for name, value in (("shop", shop), ("member", member)) if value is not None}
    payload |= _figures(posted.moves)
    payload |= _of_kind(kind, posted, told)
    second = posted.content.get("receiver")
    second_member = second if isinstance(second, str) else None
    return Event(seq, naming.event, posted.recorded_at, posted.id, shop, member, second_member, payload)


def _of_kind(kind: str, posted: Posted, told: Told) -> dict[str, Any]:
    """What only this kind of posting has to tell; and when it was, which all have but a close."""
    content = posted.content
    if kind == "close":
        opens_at = int(content["window"])
        return {"opens_at": _at(opens_at), "closes_at": _at(told.window_end(opens_at))}
    found: dict[str, Any] = {
        "occurred_at": _at(posted.occurred_at),
        "window": window_id(posted.window_id),
        "late": posted.late,
    }
    if kind == "purchase":
        found |= _purchase(posted, told)
    elif kind == "refund":
        for original in ("purchase", "hold"):
            if isinstance(content.get(original), int):
                found[original] = told.ids.public(NAMINGS[original].prefix, int(content[original]))
        if "lines" in content:
            found["lines"] = str(content["lines"]).split("\n")
    elif kind == "hold" and "lapses_after_seconds" in content:
        found["lapses_at"] = _at(posted.occurred_at + int(content["lapses_after_seconds"]) * _SECOND)
    elif kind in ("capture", "release", "lapse") and posted.refers_to is not None:
        found["hold"] = told.ids.public(NAMINGS["hold"].prefix, posted.refers_to)
    return found


def _named(posted: Posted, name: str) -> str | None:
    """A shop or member that a posting names; else the one that the posting it refers to does."""
    value = posted.content.get(name, posted.original.get(name))
    return value if isinstance(value, str) else None


def _figures(moves: Sequence[PostedMove]) -> dict[str, Any]:
    """Points by what became of them, and of which shops those were that were spent or came back."""
    figures: dict[str, Any] = {}
    by_shop: dict[str, dict[str, int]] = {}
    dates = set()
    for kind, _, issuer, amount, _, expires_on in moves:
        for name in FIGURES.get(kind, ()):
            figures[name] = figures.get(name, 0) + amount
        if kind in SHOPS_TOLD:
            shops = by_shop.setdefault(SHOPS_TOLD[kind], {})
            shops[issuer] = shops.get(issuer, 0) + amount
        if expires_on is not None:
            dates.add(expires_on)
    figures.update(by_shop)
    if len(dates) == 1:
        figures["expires_on"] = date_text(dates.pop())
    return figures


def _purchase(posted: Posted, told: Told) -> dict[str, Any]:
    """The further fields that the API answers a purchase with."""
    paid = sum(
        (move.amount * told.minor_per_point(move.terms_id) for move in posted.moves if move.kind == REDEEM), _ZERO
    )
    lines = decode_lines(str(posted.content["lines"])) if "lines" in posted.content else []
    told_lines = [{"ref": line.ref, "amount_minor": line.amount_minor, "earns": line.earns} for line in lines]
    return {
        **({"lines": told_lines} if told_lines else {}),
        "points_spent": sum(move.amount for move in posted.moves if move.kind == REDEEM),
        "points_earned": sum(move.amount for move in posted.moves if move.kind in (ISSUE, COMPENSATE)),
        "currency": told.currency,
        # Upwards, as in the API's answer: a shop is never short of a part of a minor unit.
        "cash_due_minor": ceil(int(posted.content["amount_minor"]) - paid),
        "external_ref": posted.content.get("external_ref"),
    }


def _at(instant: int) -> str:
    return rfc3339(moment(instant))


def shown(event: Event, ids: PostingIds) -> dict[str, Any]:
    """An event as the API shows it, and as the body of a webhook by the Standard Webhooks spec."""
    return {
        "id": event.public_id(ids),
        "type": event.type,
        "timestamp": _at(event.at),
        "shop": event.shop,
        "member": event.member,
        "second_member": event.second_member,
        "data": event.payload,
    }
