"""What happened to a member's points, as lines of their history. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from coalition.events.event import Event
from coalition.locale.messages import N_


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A line: what it was, where, how many points came or went, and what they are worth in minor units.

    `name` is that of the other person, where the member knows them and `what` has a place for it; else empty.
    `others` are the points of others in the household that moved with it, each with the name of their owner, empty
    where the member does not know it. `why` is why a purchase earned nothing, in the reader's language.
    """

    seq: int
    what: str
    shop: str | None
    points: int
    worth_minor: int
    at: int
    name: str = ""
    others: tuple[tuple[str, int], ...] = ()
    why: str = ""


KINDS: Mapping[str, str] = {
    "purchase.created": N_("Purchase"),
    "refund.created": N_("Refund"),
    "hold.created": N_("Reserved"),
    "hold.captured": N_("Reserved points, spent"),
    "hold.released": N_("Reserved points, free again"),
    "hold.lapsed": N_("Reserved points, free again"),
    "points.held": N_("Held while somebody looks at purchases"),
    "points.freed": N_("Held points, free again"),
    "gift.created": N_("Gift"),
    "gift.arrived": N_("Gift"),
    "gift.returned": N_("Gift that came back"),
    "points.expired": N_("Expired"),
    "balance.released": N_("Points you brought along"),
    "adjustment.created": N_("Correction by the alliance"),
    # Between two ids of one member nothing changes, but for what they owed.
    "points.forwarded": N_("Paid what you owed"),
    "household.points_changed": N_("Your household"),
}
"""Types of events that are lines, and what they are called."""
ALWAYS_LINES = frozenset({"purchase.created", "refund.created"})
"""What is a line even where none of the member's points moved."""
GIFTS = frozenset({"gift.created", "gift.arrived"})
FROM, TO = N_("Gift from {name}"), N_("Gift to {name}")
FROM_SOMEBODY, TO_SOMEBODY = N_("Gift that you got"), N_("Gift that you gave")
RECEIVED = frozenset({FROM, FROM_SOMEBODY})
"""What a gift is called by whoever got it."""
OF_A_MATE = "household.points_changed"
OF_HOUSEHOLD: Mapping[str, tuple[str, str]] = {
    "purchase.created": (N_("Spent by {name}"), N_("Spent by somebody of your household")),
    "hold.created": (N_("Reserved for {name}"), N_("Reserved for somebody of your household")),
    "refund.created": (N_("Refund to {name}"), N_("Refund to somebody of your household")),
}
"""What an event of somebody else in the household is to the owner of the points, by its type: with a name, without."""


def line_of(
    event: Event, own: Collection[str], changes: Mapping[str, int], rate: Fraction, names: Mapping[str, str]
) -> HistoryLine | None:
    """An event as a line of the member with these ids; None for one that is no line of theirs.

    `changes` are the points that it gave to each owner or took from them, and `names` those of the other people, by
    their ids, whom the member knows.
    """
    if event.type not in KINDS:
        return None
    points = sum(change for owner, change in changes.items() if owner in own)
    if points == 0 and event.type not in ALWAYS_LINES:
        return None
    what, name = KINDS[event.type], ""
    if event.type in GIFTS:
        is_second = event.member not in own and event.second_member in own
        other = event.member if is_second else event.second_member
        name = names.get(other or "", "")
        what = (FROM if name else FROM_SOMEBODY) if is_second else (TO if name else TO_SOMEBODY)
    elif event.type == OF_A_MATE and event.data["cause"] in OF_HOUSEHOLD:
        name = names.get(event.second_member or "", "")
        with_name, without = OF_HOUSEHOLD[event.data["cause"]]
        what = with_name if name else without
    elif event.type == OF_A_MATE:
        what = KINDS.get(event.data["cause"], what)
    shop = event.shop or event.data.get("shop")
    worth = int(points * rate)
    return HistoryLine(event.seq, what, shop, points, worth, event.at, name, _others(event, own, changes, names))


def _others(
    event: Event, own: Collection[str], changes: Mapping[str, int], names: Mapping[str, str]
) -> tuple[tuple[str, int], ...]:
    if event.type in GIFTS:
        return ()
    return tuple((names.get(owner, ""), points) for owner, points in changes.items() if owner not in own)
