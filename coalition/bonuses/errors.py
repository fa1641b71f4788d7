"""What can be wrong with a bonus rule.

CoalitionError
├── FunderUnknown      (Invalid) a funder that is no shop of the alliance
├── FunderTwice        (Invalid) a funder that is named twice
├── BudgetTooSmall     (Invalid) a budget of which a funder's part is less than a point
├── BudgetBelowBonus   (Invalid) a budget that does not pay for one bonus
├── CapBelowBonus      (Invalid) a cap below what one bonus gives, so that nobody would ever get it
├── BonusShopUnknown   (Invalid) a bonus for sales at a shop that is none of the alliance
├── ShopsTooFew        (Invalid) a tour of more shops than it is for
├── HoursReversed      (Invalid) an hour that ends before it begins
├── DaysNever          (Invalid) days of the week of which none lies between the first and the last day
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


class BudgetBelowBonus(CoalitionError, like=Invalid):
    """A budget that does not pay for one bonus."""

    detail = N_("A budget of {budget:number} points does not pay for one bonus of {points:number}. Set more aside.")
    concerns = "budget"
    budget: int
    points: int


class CapBelowBonus(CoalitionError, like=Invalid):
    """A cap below what one bonus gives. `cap` is the field that states it."""

    detail = N_("At most {most:number} points is less than one bonus of {points:number}: nobody would ever get it.")
    concerns = "{cap}"
    left_out = ("cap",)
    cap: str
    most: int
    points: int


class BonusShopUnknown(CoalitionError, like=Invalid):
    """A bonus for sales at a shop that is none of the alliance."""

    detail = N_("No shop {shop:name} in this alliance.")
    concerns = "shops"
    shop: str


class ShopsTooFew(CoalitionError, like=Invalid):
    """A tour of more shops than the rule is for."""

    detail = N_(
        "It takes {needed:number} different shops and is for sales at {count:number} of them: nobody would ever get "
        "it. Let it be for all shops."
    )
    concerns = "shops"
    count: int
    needed: int


class HoursReversed(CoalitionError, like=Invalid):
    """A bonus that ends before it begins on each day."""

    detail = N_(
        "From {from_hour} to before {until_hour} o'clock is no time of a day. For one that goes past midnight add two "
        "rules."
    )
    concerns = "until_hour"
    from_hour: int
    until_hour: int


class DaysNever(CoalitionError, like=Invalid):
    """Days of the week of which none lies between the first and the last day."""

    detail = N_(
        "None of the chosen days of the week lies between {first_day:date} and {last_day:date}. Choose other days, or "
        "a later last day."
    )
    concerns = "days"
    first_day: int
    last_day: int


class RuleChanged(CoalitionError, like=ChangedMeanwhile):
    """Another version of the rule was added meanwhile."""

    detail = N_("Somebody else changed rule {rule:name} meanwhile. Read it again.")
    rule: str
