"""What bonus rules count of those who buy: on which meters of the book, and up to which caps. Pure.

A meter belongs to a rule, whatever its version, so a rule that is changed goes on counting where it was.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from settlement.ledger import NEVER, MeterRef

METERS_OF_A_RULE = 8
"""How many numbers of meters each rule has."""


class MeterKind(IntEnum):
    """What is counted for a rule. A meter's number is made of it and of the rule's number."""

    STAMPS = 0
    """Stamps that a member ever got, or in a period."""
    USED = 1
    """Stamps that full cards took."""
    STAMPS_OF_DAY = 2
    """Stamps that a member got on one day."""
    POINTS = 3
    """Points that a member got."""
    POINTS_OF_DAY = 4
    """The same on one day."""
    POINTS_OF_ALL = 5
    """Points that the rule gave on one day, to whomever: the meter is the rule's."""
    STAMPS_OF_SHOP = 6
    """Stamps that a member got at one shop."""


CAPPED = frozenset({MeterKind.POINTS, MeterKind.POINTS_OF_DAY, MeterKind.POINTS_OF_ALL})
"""What counts points that a rule gave."""
OF_SALES = frozenset({MeterKind.STAMPS, MeterKind.STAMPS_OF_DAY, MeterKind.STAMPS_OF_SHOP})
"""What counts stamps that sales put on cards."""


def meter(owner: str, rule: int, counted: MeterKind, until: int = NEVER, shop: str | None = None) -> MeterRef:
    """The meter of what is counted of somebody for a rule of this number, until the end of a day (yyyymmdd)."""
    return MeterRef(owner, rule * METERS_OF_A_RULE + counted, until, shop)


def rule_and_counted(ref: MeterRef) -> tuple[int, MeterKind]:
    """The number of the rule that a meter belongs to, and what it counts."""
    rule, counted = divmod(ref.number, METERS_OF_A_RULE)
    return rule, MeterKind(counted)


@dataclass(frozen=True, slots=True)
class Caps:
    """The most that a rule gives, in points: to a member in all, to a member in a day, and to all of them in a day.

    A day is that of the sale, on the alliance's clock. None is no cap.
    """

    member: int | None = None
    member_day: int | None = None
    day: int | None = None


NO_CAPS = Caps()


class Cap(NamedTuple):
    """A cap as it holds for a sale: the most, and the meter of what was given of it until now."""

    most: int
    meter: MeterRef


def caps_for(caps: Caps, rule: str, number: int, member: str, day: int) -> list[Cap]:
    """The caps of a rule that hold for a sale to a member on a day (yyyymmdd)."""
    every = (
        (caps.member, meter(member, number, MeterKind.POINTS)),
        (caps.member_day, meter(member, number, MeterKind.POINTS_OF_DAY, day)),
        (caps.day, meter(rule, number, MeterKind.POINTS_OF_ALL, day)),
    )
    return [Cap(most, ref) for most, ref in every if most is not None]
