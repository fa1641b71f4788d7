"""What a trial adds up as it goes along: by rule, by who pays, by shop and by member. Pure."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from coalition.what_if.trial_book import Granted

TENTHS = 10


class TrialPoints(NamedTuple):
    """Points that the rules of now give, and those with the rule that is asked about."""

    old: int = 0
    new: int = 0

    def plus(self, old: int, new: int) -> "TrialPoints":
        """Both with so many more."""
        return TrialPoints(self.old + old, self.new + new)


NO_POINTS = TrialPoints()


@dataclass(slots=True)
class SoldSums:
    """What was bought at a shop, or by a member: sales, what they cost in minor units, and points of both kinds.

    What was refunded is taken off, and a sale that was refunded whole is none. `gained` are sales that the rule that is
    asked about gave something for.
    """

    sales: int = 0
    amount_minor: int = 0
    gained: int = 0
    points: TrialPoints = NO_POINTS


@dataclass(frozen=True, slots=True)
class MemberTenth:
    """A tenth of the members who bought something, by what they spent, from those who spent most on.

    `gaining` of them would have got more points than with the rules of now, `losing` fewer.
    """

    members: int
    amount_minor: int
    gaining: int
    losing: int
    points: TrialPoints


@dataclass(slots=True)
class TrialSums:
    """The sums of a trial until now."""

    rules: dict[str, TrialPoints] = field(default_factory=dict)
    funders: dict[str, TrialPoints] = field(default_factory=dict)
    shops: dict[str, SoldSums] = field(default_factory=dict)
    members: dict[str, SoldSums] = field(default_factory=dict)
    reasons: Counter[str] = field(default_factory=Counter)
    used_up_on: int | None = None

    def add(
        self,
        shop: str,
        member: str,
        granted: tuple[Granted, Granted],
        amount_minor: int,
        sales: int = 0,
        gained: int = 0,
    ) -> None:
        """Add a sale, or with everything below zero a refund: what rules give, first those of now."""
        for old_or_new, rules in enumerate(granted):
            for rule, parts in rules.items():
                for funder, points in parts.items():
                    both = (0, points) if old_or_new else (points, 0)
                    self.rules[rule] = self.rules.get(rule, TrialPoints()).plus(*both)
                    self.funders[funder] = self.funders.get(funder, TrialPoints()).plus(*both)
        old, new = (sum(sum(parts.values()) for parts in rules.values()) for rules in granted)
        for sums in (self.shops.setdefault(shop, SoldSums()), self.members.setdefault(member, SoldSums())):
            sums.sales += sales
            sums.amount_minor += amount_minor
            sums.gained += gained
            sums.points = sums.points.plus(old, new)

    def tenths(self) -> list[MemberTenth]:
        """Members who bought something, in tenths by what they spent; of fewer than ten, one each."""
        bought = sorted((-sums.amount_minor, member, sums) for member, sums in self.members.items() if sums.sales > 0)
        count = len(bought)
        edges = [count * tenth // TENTHS for tenth in range(TENTHS + 1)]
        parts = [[sums for _, _, sums in bought[first:last]] for first, last in pairwise(edges)]
        return [_tenth(part) for part in parts if part]


def _tenth(members: Sequence[SoldSums]) -> MemberTenth:
    return MemberTenth(
        len(members),
        sum(each.amount_minor for each in members),
        sum(each.points.new > each.points.old for each in members),
        sum(each.points.new < each.points.old for each in members),
        TrialPoints(sum(each.points.old for each in members), sum(each.points.new for each in members)),
    )


def taken_off(granted: Mapping[str, Mapping[str, int]]) -> Granted:
    """The same below zero."""
    return {rule: {funder: -points for funder, points in parts.items()} for rule, parts in granted.items()}
