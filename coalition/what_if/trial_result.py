"""What came of a trial, in plain numbers: points whole, amounts in minor units. Pure.

What points are worth is at the rate of now, each figure rounded to the nearest.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from coalition.what_if.trial import Trial
from coalition.what_if.trial_sums import MemberTenth, SoldSums, TrialPoints, TrialSums


class TrialRow(NamedTuple):
    """Points and their worth under the rules of now (`old`), and with the rule that is asked about (`new`)."""

    name: str
    old: int
    new: int
    old_minor: int
    new_minor: int

    @property
    def more(self) -> int:
        """How many points more; below zero for fewer."""
        return self.new - self.old

    @property
    def more_minor(self) -> int:
        """How much more those are worth."""
        return self.new_minor - self.old_minor


class ShopRow(NamedTuple):
    """The same of sales at a shop: how many there were, what they cost, and for how many the rule gave something."""

    points: TrialRow
    sales: int
    amount_minor: int
    gained: int


class TenthRow(NamedTuple):
    """The same of a tenth of the members: how many they are, what they spent, how many get more, and how many less."""

    points: TrialRow
    members: int
    amount_minor: int
    gaining: int
    losing: int


@dataclass(frozen=True, slots=True)
class TrialResult:
    """What a rule would have given on sales of its days, and who would have paid.

    `own` is of the rule itself: what it gives now, and what it would give. `rules` are those of its group too, which
    give way to it or no longer do; `funders`, `shops` and `tenths` (of members, by what they spent, most first) are of
    all of these. `left` is what would be left of its `budget`, and `used_up_on` the day (yyyymmdd) on which it first
    gave nothing for want of it; None where it lasted. `reasons` say for how many sales it gave nothing, and why.
    """

    rule: str
    since: int
    until: int
    budget: int
    left: int
    used_up_on: int | None
    own: TrialRow
    total: ShopRow
    members: int
    rules: Sequence[TrialRow]
    funders: Sequence[TrialRow]
    shops: Sequence[ShopRow]
    tenths: Sequence[TenthRow]
    reasons: Mapping[str, int]

    def encode(self) -> dict[str, Any]:
        """The same as JSON can keep it."""
        return asdict(self)

    @classmethod
    def decode(cls, stored: Mapping[str, Any]) -> "TrialResult":
        """What `encode` wrote."""
        rows = {name: [TrialRow(*row) for row in stored[name]] for name in ("rules", "funders")}
        shops = [ShopRow(TrialRow(*points), *rest) for points, *rest in stored["shops"]]
        tenths = [TenthRow(TrialRow(*points), *rest) for points, *rest in stored["tenths"]]
        points, *rest = stored["total"]
        total = ShopRow(TrialRow(*points), *rest)
        return cls(
            **{**stored, **rows, "own": TrialRow(*stored["own"]), "total": total, "shops": shops, "tenths": tenths}
        )


def result_of(sums: TrialSums, trial: Trial, minor_per_point: Fraction, left: int) -> TrialResult:
    """What a trial's sums come to."""

    def row(name: str, points: TrialPoints) -> TrialRow:
        old, new = points
        return TrialRow(name, old, new, round(old * minor_per_point), round(new * minor_per_point))

    def rows(by_name: Mapping[str, TrialPoints]) -> list[TrialRow]:
        return sorted((row(name, points) for name, points in by_name.items()), key=_most_first)

    def shop_row(name: str, sums: SoldSums) -> ShopRow:
        return ShopRow(row(name, sums.points), sums.sales, sums.amount_minor, sums.gained)

    def tenth_row(number: int, tenth: MemberTenth) -> TenthRow:
        points = row(str(number), tenth.points)
        return TenthRow(points, tenth.members, tenth.amount_minor, tenth.gaining, tenth.losing)

    total = SoldSums()
    for each in sums.shops.values():
        total.sales += each.sales
        total.amount_minor += each.amount_minor
        total.gained += each.gained
        total.points = total.points.plus(*each.points)
    tenths = sums.tenths()
    shops = (shop_row(name, of_shop) for name, of_shop in sums.shops.items())
    return TrialResult(
        trial.rule,
        trial.since,
        trial.until,
        trial.terms.budget,
        left,
        sums.used_up_on,
        row(trial.rule, sums.rules.get(trial.rule, TrialPoints())),
        shop_row("", total),
        sum(tenth.members for tenth in tenths),
        rows(sums.rules),
        rows(sums.funders),
        sorted(shops, key=lambda shop: _most_first(shop.points)),
        [tenth_row(number, tenth) for number, tenth in enumerate(tenths, 1)],
        dict(sums.reasons.most_common()),
    )


def _most_first(row: TrialRow) -> tuple[int, str]:
    return -max(row.old, row.new), row.name
