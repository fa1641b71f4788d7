"""Limits of what points may pay for in one sale, as an alliance adds and ends them, in versions. Pure.

A limit holds at some shops or at all, from a day to a day, by when the sale happened. All that hold for a sale hold
together: points pay for no more than each of them allows.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from coalition.earning.rule_versions import RuleVersions


class Limit(Protocol):
    """What a kind of limit leaves of a sale."""

    def most_minor(self, amount_minor: int) -> Fraction:
        """The greatest part of a sale that points may pay for, in exact minor units."""

    def points(self, points: int) -> int:
        """How many of so many points may be spent: whole, none or more, and no more than those."""

    def sentence(self) -> str:
        """What it asks, as a phrase that can be said in both languages."""


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """A limit from `first_day` to the end of `last_day` (yyyymmdd, None for no end), at these `shops`, or at all."""

    effect: Limit
    first_day: int
    last_day: int | None = None
    shops: frozenset[str] = frozenset()

    def misses(self, shop: str, weekday: int, hour: int) -> bool | None:  # noqa: ARG002 - the shape of all rules
        """True where it is for other shops; None where it is for this one, at any hour."""
        return True if self.shops and shop not in self.shops else None


@dataclass(frozen=True, slots=True)
class LimitVersion:
    """A version of a limit, which holds for sales from `starts_at` on until `ended_at`, where it was ended.

    Instants are microseconds since 1970 UTC.
    """

    rule: str
    version: int
    terms: LimitTerms
    starts_at: int
    ended_at: int | None = None
    name: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"{self.rule}@{self.version}")


SpendLimits = RuleVersions[LimitVersion]
NO_LIMITS: SpendLimits = RuleVersions()


def most_minor(limits: Sequence[LimitVersion], amount_minor: int) -> Fraction:
    """The greatest part of a sale that points may pay for, in exact minor units."""
    return min(limit.terms.effect.most_minor(amount_minor) for limit in limits)


def points_within(limits: Sequence[LimitVersion], points: int) -> int:
    """The most of so many points that all limits allow: of two steps, say, a multiple of both."""
    while True:
        left = points
        for limit in limits:
            left = limit.terms.effect.points(left)
        if left == points:
            return points
        points = left
