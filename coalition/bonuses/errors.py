"""What can be wrong with a bonus rule.

CoalitionError
├── FunderUnknown      (Invalid) a funder that is no shop of the alliance
├── FunderTwice        (Invalid) a funder that is named twice
├── BudgetTooSmall     (Invalid) a budget of which a funder's part is less than a point
└── RuleChanged        (ChangedMeanwhile) another version of the rule was added meanwhile
"""

from coalition.errors import ChangedMeanwhile, CoalitionError, Invalid
from coalition.locale.messages import N_


class FunderUnknown(CoalitionError, like=Invalid):
    """A funder that is no shop of the alliance."""

    detail = N_("No shop {shop:name} in this alliance.")
    concerns = "funders"
    shop: str


class FunderTwice(CoalitionError, like=Invalid):
    """A funder that is named twice."""

    detail = N_("{shop:name} is named twice. Add its shares up.")
    concerns = "funders"
    shop: str


class BudgetTooSmall(CoalitionError, like=Invalid):
    """A budget of which a funder's part is less than a point."""

    detail = N_("The budget of {budget:number} points is too small: {shop:name} would pay for nothing.")
    concerns = "budget"
    budget: int
    shop: str


class RuleChanged(CoalitionError, like=ChangedMeanwhile):
    """Another version of the rule was added meanwhile."""

    detail = N_("Somebody else changed rule {rule:name} meanwhile. Read it again.")
    rule: str
