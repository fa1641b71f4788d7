"""What a pattern is: what it looks for, by which thresholds, and among whose sales. Pure.

A pattern is one file in `patterns/`, or the `patterns.py` of a plugin, with a PATTERN.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from coalition.discovery import declared
from coalition.findings.sale import SaleEvent
from coalition.merchants.shop_profile import Place


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that an alliance may change: what it is called, what it is at first, and between which it stays."""

    name: str
    label: str
    default: int
    least: int
    most: int


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a pattern may know beside the sales: where shops are, and the members who work at a shop."""

    places: Mapping[str, Place]
    staff_of: Callable[[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a pattern saw: the sales that show it, the earliest first, and the figures, by their names."""

    sales: Sequence[SaleEvent]
    figures: Mapping[str, int]


class History(StrEnum):
    """Whose sales of before a pattern reads beside a new one."""

    MEMBER = "member"
    SHOP = "shop"


Limits = Mapping[str, int]
"""Thresholds as an alliance has set them, by name."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A kind of finding.

    `subject` names whom a new sale speaks against, or nobody. Of the sales of the last `span` microseconds that have
    the same subject by `belongs`, `look` sees one sighting at the most. `figures` says what each figure is called.
    It `may_hold` points where what it sees is one member's, who still has what it gave.
    """

    name: str
    title: str
    about: str
    thresholds: Sequence[Threshold]
    figures: Mapping[str, str]
    history: History
    may_hold: bool
    span: Callable[[Limits], int]
    subject: Callable[[SaleEvent, Surroundings], str | None]
    look: Callable[[Sequence[SaleEvent], Limits, Surroundings], Sighting | None]
    belongs: Callable[[SaleEvent, Surroundings], str | None] | None = None
    """The subject of a sale of before, where it is not found as that of a new one."""

    def limits(self, stated: Limits) -> Limits:
        """All thresholds: those that are stated, and else what they are at first."""
        return {each.name: stated.get(each.name, each.default) for each in self.thresholds}


@cache
def patterns() -> Mapping[str, Pattern]:
    """All patterns by name, in the order in which people see them."""
    listed: list[Pattern] = [module.PATTERN for module in declared("patterns", "PATTERN")]
    return {pattern.name: pattern for pattern in listed}


def member_of(sale: SaleEvent, _: Surroundings) -> str | None:
    """The buyer of a sale that is no refund."""
    return None if sale.is_refund else f"member:{sale.member}"


def span_of(threshold: str, unit: int) -> Callable[[Limits], int]:
    """The span of a pattern that a threshold states in units of so many microseconds."""
    return lambda limits: limits[threshold] * unit


def many_purchases(sales: Sequence[SaleEvent], limits: Limits, threshold: str, unit: int) -> Sighting | None:
    """The most sales within the span that a threshold states, where they are at least as many as `purchases` says.

    The figures are how many they are, and how long it took, in whole units begun and under the threshold's name.
    """
    seen = busiest(sales, limits[threshold] * unit)
    if len(seen) < limits["purchases"]:
        return None
    return Sighting(seen, {"purchases": len(seen), threshold: -(-(seen[-1].at - seen[0].at) // unit)})


def busiest(sales: Sequence[SaleEvent], span: int) -> Sequence[SaleEvent]:
    """The most sales within so many microseconds of each other, the first of such where there are several."""
    return max(_windows(sales, span), key=len, default=())


def _windows(sales: Sequence[SaleEvent], span: int) -> Iterator[Sequence[SaleEvent]]:
    ordered = sorted(sales, key=lambda sale: (sale.at, sale.seq))
    first = 0
    for last, sale in enumerate(ordered):
        while sale.at - ordered[first].at > span:
            first += 1
        yield ordered[first : last + 1]
