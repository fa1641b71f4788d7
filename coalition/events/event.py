"""An event, and the event that a posting becomes. Pure: what was read of the book in, an event out."""

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import ceil
from typing import Any, NamedTuple

from coalition.ids import PostingIds
from settlement import MoveKind

ID = "evt"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in an alliance. `at` is microseconds since 1970 UTC, `payload` what there is to know.

    `seq` counts an alliance's events up, in the order in which they were committed. `posting_id` is set where a
    posting of the book is what happened; `member` and `second_member` are the members concerned.
    """

    seq: int
    type: str
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

    event: str
    prefix: str


NAMINGS: Mapping[str, Naming] = {
    "purchase": Naming("purchase.created", "pur"),
    "refund": Naming("refund.created", "ref"),
    "hold": Naming("hold.created", "hold"),
    "capture": Naming("hold.captured", "cap"),
    "release": Naming("hold.released", "rel"),
    "lapse": Naming("hold.lapsed", "lap"),
    "gift": Naming("gift.created", "gift"),
    "adjustment": Naming("adjustment.created", "adj"),
    "merge": Naming("member.merged", "mrg"),
    "expiry": Naming("points.expired", "exp"),
    "close": Naming("window.closed", "win"),
}
"""Any other type T is told as T.created, under ids that begin with T."""

POINTS: Mapping[str, Sequence[int]] = {
    "points_earned": (MoveKind.ISSUE,),
    "points_spent": (MoveKind.REDEEM,),
    "points_returned": (-MoveKind.REDEEM,),
    "points_taken_back": (-MoveKind.ISSUE, MoveKind.OWE, -MoveKind.COMPENSATE),
    "points_owed": (MoveKind.OWE,),
    "points_given": (MoveKind.GIVE,),
    "points_held": (MoveKind.HOLD,),
    "points_released": (-MoveKind.HOLD,),
    "points_expired": (MoveKind.EXPIRE,),
    "points_settled": (MoveKind.COMPENSATE,),
}
"""Figures of an event, and the kinds of move that add up to each; a figure of zero is left out."""

OWN_FIELDS = frozenset({"type", "at", "occurred_at", "asked", "lot", "points", "hold", "lapses_at", "window"})
"""What a posting stands for that its event tells in other words, or not at all."""


def event_of(posted: Posted, seq: int, told: Told) -> Event | None:
    """The event that a posting becomes; None for one that is no fact of its own."""
    kind = posted.content.get("type")
    if not isinstance(kind, str):
        return None
    naming = NAMINGS.get(kind) or Naming(f"{kind}.created", kind)
    payload: dict[str, Any] = {"id": told.ids.public(naming.prefix, posted.id)}
    payload.update((name, value) for name, value in posted.content.items() if name not in OWN_FIELDS)
    shop, member = (_named(posted, name) for name in ("shop", "member"))
    expired = next((move for move in posted.moves if move.kind == MoveKind.EXPIRE), None)
    if expired is not None:
        shop, member = expired.issuer, expired.owner
    payload |= {name: value for name, value in (("shop", shop), ("member", member)) if value is not None}
    payload |= _figures(posted.moves)
    if kind == "purchase":
        payload |= _purchase(posted, told)
    elif kind == "close":
        opens_at = int(posted.content["window"])
        payload |= {"opens_at": rfc3339(opens_at), "closes_at": rfc3339(told.window_end(opens_at))}
    elif kind in ("capture", "release", "lapse") and posted.refers_to is not None:
        payload["hold"] = told.ids.public(NAMINGS["hold"].prefix, posted.refers_to)
    if kind == "hold":
        payload["lapses_at"] = rfc3339(int(posted.content["lapses_at"])) if "lapses_at" in posted.content else None
    if kind != "close":
        payload |= {
            "occurred_at": rfc3339(posted.occurred_at),
            "window": rfc3339(posted.window_id),
            "late": posted.late,
        }
    second = posted.content.get("receiver")
    second_member = second if isinstance(second, str) else None
    return Event(seq, naming.event, posted.recorded_at, posted.id, shop, member, second_member, payload)


def _named(posted: Posted, name: str) -> str | None:
    """A shop or member that a posting names; else the one that the posting it refers to does."""
    value = posted.content.get(name, posted.original.get(name))
    return value if isinstance(value, str) else None


def _figures(moves: Sequence[PostedMove]) -> dict[str, Any]:
    """Points by what became of them, and of which shops those were that were spent or came back."""
    totals: dict[int, int] = defaultdict(int)
    spent: dict[str, int] = defaultdict(int)
    returned: dict[str, int] = defaultdict(int)
    for move in moves:
        totals[move.kind] += move.amount
        if move.kind == MoveKind.REDEEM:
            spent[move.issuer] += move.amount
        elif move.kind == -MoveKind.REDEEM:
            returned[move.issuer] += move.amount
    found: dict[str, Any] = {}
    for name, kinds in POINTS.items():
        points = sum(totals[kind] for kind in kinds if kind in totals)
        if points:
            found[name] = points
    if spent:
        found["spent_from"] = dict(sorted(spent.items()))
    if returned:
        found["returned_to"] = dict(sorted(returned.items()))
    dates = {move.expires_on for move in moves if move.expires_on is not None}
    if len(dates) == 1:
        found["expires_on"] = _date(dates.pop())
    return found


def _purchase(posted: Posted, told: Told) -> dict[str, Any]:
    """The further fields that the API answers a purchase with."""
    figures = {"points_spent": 0, "points_earned": 0}
    paid = Fraction(0)
    for move in posted.moves:
        if move.kind == MoveKind.REDEEM:
            figures["points_spent"] += move.amount
            paid += move.amount * told.minor_per_point(move.terms_id)
        elif move.kind == MoveKind.ISSUE:
            figures["points_earned"] += move.amount
    return {
        **figures,
        "currency": told.currency,
        # Upwards, as in the API's answer: a shop is never short of a part of a minor unit.
        "cash_due_minor": ceil(int(posted.content["amount_minor"]) - paid),
        "external_ref": posted.content.get("external_ref"),
    }


def rfc3339(instant: int) -> str:
    """Microseconds since 1970 UTC as the API writes a moment: 2026-06-01T10:00:00Z."""
    return (_EPOCH + timedelta(microseconds=instant)).isoformat().replace("+00:00", "Z")


def _date(yyyymmdd: int) -> str:
    return f"{yyyymmdd // 10000:04d}-{yyyymmdd // 100 % 100:02d}-{yyyymmdd % 100:02d}"


def payload_text(payload: Mapping[str, Any]) -> str:
    """A payload as it is stored."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
