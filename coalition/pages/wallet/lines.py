"""What happened to a member's points, as lines of their history. Pure."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from coalition.events.event import Event
from coalition.locale.messages import N_

Figures = Callable[[Mapping[str, Any], bool], int]
"""The points that an event added for a member: from its data, and whether the member is its second one."""


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line: what it was, where, how many points came or went, and what they are worth in minor units.

    `name` is that of the other person, where the member knows them and `what` has a place for it; else empty.
    """

    seq: int
    what: str
    shop: str | None
    points: int
    worth_minor: int
    at: int
    name: str = ""


def _sum(data: Mapping[str, Any], *plus: str, minus: tuple[str, ...] = ()) -> int:
    return sum(int(data.get(name, 0)) for name in plus) - sum(int(data.get(name, 0)) for name in minus)


KINDS: Mapping[str, tuple[str, Figures]] = {
    "purchase.created": (
        N_("Purchase"),
        lambda data, _: _sum(data, "points_earned", minus=("points_spent", "points_expired")),
    ),
    "refund.created": (N_("Refund"), lambda data, _: _sum(data, "points_returned", minus=("points_taken_back",))),
    "hold.created": (N_("Reserved"), lambda data, _: -_sum(data, "points_held")),
    "hold.captured": (N_("Reserved points, spent"), lambda data, _: _sum(data, "points_released")),
    "hold.released": (N_("Reserved points, free again"), lambda data, _: _sum(data, "points_released")),
    "hold.lapsed": (N_("Reserved points, free again"), lambda data, _: _sum(data, "points_released")),
    "points.held": (N_("Held while somebody looks at purchases"), lambda data, _: -_sum(data, "points_held")),
    "points.freed": (N_("Held points, free again"), lambda data, _: _sum(data, "points_released")),
    "gift.created": (N_("Gift"), lambda data, is_second: _sum(data, "points_moved") * (1 if is_second else -1)),
    "gift.arrived": (N_("Gift"), lambda data, is_second: _sum(data, "points_moved") if is_second else 0),
    "gift.returned": (N_("Gift that came back"), lambda data, _: _sum(data, "points_moved")),
    "points.expired": (N_("Expired"), lambda data, _: -_sum(data, "points_expired")),
    "balance.released": (N_("Points you brought along"), lambda data, _: _sum(data, "points_earned")),
    "adjustment.created": (
        N_("Correction by the alliance"),
        lambda data, _: _sum(data, "points_earned", minus=("points_taken_back",)),
    ),
}
"""Types of events that are lines: what they are called, and their points."""
GIFTS = frozenset({"gift.created", "gift.arrived"})
FROM, TO = N_("Gift from {name}"), N_("Gift to {name}")
FROM_SOMEBODY, TO_SOMEBODY = N_("Gift that you got"), N_("Gift that you gave")


def line_of(event: Event, own: Collection[str], rate: Fraction, names: Mapping[str, str]) -> HistoryLine | None:
    """An event as a line of the member with these ids; None for one that moved none of their points.

    `names` are those of the other people, by their ids, whom the member knows.
    """
    if event.type not in KINDS:
        return None
    what, figures = KINDS[event.type]
    is_second = event.member not in own and event.second_member in own
    points = figures(event.data, is_second)
    if points == 0 and event.type != "purchase.created":
        return None
    name = ""
    if event.type in GIFTS:
        other = event.member if is_second else event.second_member
        name = names.get(other or "", "")
        what = (FROM if name else FROM_SOMEBODY) if is_second else (TO if name else TO_SOMEBODY)
    return HistoryLine(event.seq, what, event.shop, points, int(points * rate), event.at, name)
