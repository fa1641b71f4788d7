"""An alliance's programme: how points are earned and how long they last, and from when each rule applies."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from coalition.earning.bonus import NO_BONUSES, BonusRules
from coalition.earning.kinds.base_rate import BaseRate
from coalition.earning.rule import EarningRule, Parameters
from coalition.earning.rules import read_rules
from coalition.ids import PostingIds
from coalition.spending.spend_limits import NO_LIMITS, SpendLimits


@dataclass(frozen=True)
class EarningRules:
    """What a purchase earns from `effective_at` (microseconds since 1970 UTC) on.

    `earn_points_per_unit` are points for a whole unit of money paid in cash; points are good until the end of the
    month that lies `expiry_months` after the purchase. `further` are what the alliance states for rules beside that
    base rate.
    """

    effective_at: int
    earn_points_per_unit: Fraction
    expiry_months: int
    further: Sequence[Parameters] = ()

    @cached_property
    def rules(self) -> Sequence[EarningRule]:
        """All of them, the base rate first. Raises RuleInvalid for a kind that this process does not have."""
        return BaseRate(self.earn_points_per_unit), *read_rules(self.further)


@dataclass(frozen=True, slots=True)
class Programme:
    """One alliance's programme.

    `rules` are in the order in which they take effect; the first has no beginning. `clock_offset` is how far a
    sandbox's clock is ahead of the machine's, in microseconds. In a sale of up to `spend_by_id_minor` minor units a
    till may spend a member's points by their id alone; 0 means that each spend takes a pay code or the member's yes.
    `spending_version` counts the changes of that rule. `bonuses` are what sales earn beside the base rate, each paid
    for by somebody named; `limits` say what points may pay for in one sale.
    """

    alliance_id: int
    ids: PostingIds
    secret: bytes
    sandbox: bool
    clock_offset: int
    rules: Sequence[EarningRules]
    spend_by_id_minor: int = 0
    spending_version: int = 0
    bonuses: BonusRules = NO_BONUSES
    limits: SpendLimits = NO_LIMITS

    def rules_at(self, instant: int) -> EarningRules:
        """The rules that are in effect at an instant."""
        return next(rules for rules in reversed(self.rules) if rules.effective_at <= instant)
