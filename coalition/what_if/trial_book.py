"""Pots and meters in memory, on which the plan of a purchase runs as it does in the book. Pure."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from coalition.earning.bonus import BonusRules, BonusVersion
from coalition.earning.bonus_outcome import BonusOutcome, over, split, to_take_back
from coalition.earning.cards import card_left, stamps_of_sale
from coalition.earning.meters import CAPPED, rule_and_counted
from coalition.purchases.purchase import PurchasePlan
from settlement import Terms
from settlement.ledger import Count, EarnOutOf, LotSlice, MeterRef, PotRef, Refusal

Granted = dict[str, dict[str, int]]
"""Points by rule and by who pays for them."""


class TrialRefused(RuntimeError):
    """A past sale that its own plan refuses: the points that paid for it are there, so this can't be."""


@dataclass(slots=True)
class GrantedBonus:
    """What a sale got by a version: points by pot, what it counted, and what refunds took back of both."""

    version: BonusVersion
    granted: dict[PotRef, int]
    counts: Sequence[Count]
    back: dict[PotRef, int] = field(default_factory=dict)
    counts_back: Counter[MeterRef] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class TrialView:
    """What a plan may look at in a trial: the points that paid for the sale, and pots and meters in memory.

    `issuing` says which shops may issue points for what happened then, `terms` are those of that time.
    """

    book: "TrialBook"
    spent: Sequence[LotSlice]
    issuing: Callable[[str], bool]
    terms: Terms

    def points(self, member: str) -> int:  # noqa: ARG002 - the shape of all views
        """The points that paid for the sale, whoever's they were."""
        return sum(part.points for part in self.spent)

    def slices(self, member: str) -> Iterator[LotSlice]:  # noqa: ARG002 - the shape of all views
        """The same in the order in which they paid."""
        return iter(self.spent)

    def may_issue(self, shop: str) -> bool:
        """Whether the shop may issue points for what happened then."""
        return self.issuing(shop)

    def set_aside(self, pot: PotRef) -> int:
        """Points that are left in a pot."""
        return self.book.pots.get(pot, 0)

    def counted(self, meter: MeterRef) -> int:
        """What a meter stands at."""
        return self.book.meters[meter]

    def counts(self, member: str) -> bool:
        """Whether anything is counted of a member."""
        return any(meter.owner == member for meter in self.book.meters)


class TrialBook:
    """What some rules give, sale by sale: each begins with its whole budget, and with nothing counted."""

    def __init__(self, versions: Iterable[BonusVersion]) -> None:
        self.rules = BonusRules(versions)
        self.pots: dict[PotRef, int] = {}
        for version in self.rules.by_name.values():
            self.pots.update(zip(version.pots, split(version.terms.budget, version.terms.shares), strict=True))
        self.meters = Counter[MeterRef]()
        self._granted: dict[int, list[GrantedBonus]] = {}

    def sell(self, sale: int, plan: PurchasePlan, view: TrialView) -> Granted:
        """Run the plan of a sale, whose `trace` says what became of each rule; returns what the rules give for it."""
        legs = plan(view)
        if isinstance(legs, Refusal):
            raise TrialRefused(legs.code)
        for leg in legs:
            if isinstance(leg, EarnOutOf):
                self.pots[leg.pot] -= leg.points
            elif isinstance(leg, Count):
                self.meters[leg.meter] += leg.amount
        outcomes = [outcome for outcome in plan.trace or () if outcome.parts or outcome.counts]
        if outcomes:
            self._granted[sale] = [_granted_bonus(outcome) for outcome in outcomes]
        return _by_rule((outcome.version, dict(outcome.parts)) for outcome in outcomes)

    def refund(self, sale: int, base: int, earning_minor: Fraction) -> Granted:
        """Take back of a sale what its rules don't give for what is left of it: `base` points, for so much that earns.

        Returns what goes back. As if what is left had been all of the sale, as every refund.
        """
        taken = []
        for bonus in self._granted.get(sale, ()):
            version, card = bonus.version, bonus.version.card
            if card is None:
                back = to_take_back(version, bonus.granted, bonus.back, base, earning_minor)
            else:
                sold = stamps_of_sale((rule_and_counted(count.meter)[1], count.amount) for count in bonus.counts)
                left = card_left(card, sold, earning_minor)
                back = over(version, bonus.granted, bonus.back, left.points)
                for meter in {count.meter for count in bonus.counts}:
                    gone = left.gone.get(rule_and_counted(meter)[1], 0) - bonus.counts_back[meter]
                    self._count_back(bonus, meter, gone)
            for meter in {count.meter for count in bonus.counts if rule_and_counted(count.meter)[1] in CAPPED}:
                self._count_back(bonus, meter, sum(back.values()))
            for pot, points in back.items():
                self.pots[pot] += points
                bonus.back[pot] = bonus.back.get(pot, 0) + points
            taken.append((version, back))
        return _by_rule(taken)

    def _count_back(self, bonus: GrantedBonus, meter: MeterRef, amount: int) -> None:
        if amount > 0:
            self.meters[meter] -= amount
            bonus.counts_back[meter] += amount


def _granted_bonus(outcome: BonusOutcome) -> GrantedBonus:
    return GrantedBonus(outcome.version, dict(outcome.parts), outcome.counts)


def _by_rule(bonuses: Iterable[tuple[BonusVersion, dict[PotRef, int]]]) -> Granted:
    granted: Granted = defaultdict(dict)
    for version, parts in bonuses:
        for pot, points in parts.items():
            granted[version.rule][pot.shop] = granted[version.rule].get(pot.shop, 0) + points
    return granted
