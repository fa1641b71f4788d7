"""What an alliance states for a bonus is looked at before anything is set aside: some of it could never be given."""

from collections.abc import Set as AbstractSet

from coalition.bonuses.errors import (
    BonusShopUnknown,
    BudgetBelowBonus,
    BudgetTooSmall,
    CapBelowBonus,
    DaysNever,
    FunderTwice,
    FunderUnknown,
    HoursReversed,
    ShopsTooFew,
)
from coalition.earning.bonus import BonusTerms
from coalition.earning.bonus_outcome import split
from coalition.earning.rule_versions import check_days
from settlement import date_of, next_day
from settlement.ledger import OPERATOR

WEEK = 7


def check_terms(terms: BonusTerms, participants: AbstractSet[str], today: int) -> None:
    """Refuse terms that nobody can have meant. `participants` are who may pay: shops and the operator.

    Raises FunderUnknown, FunderTwice, BudgetTooSmall, BonusShopUnknown, ShopsTooFew, BudgetBelowBonus, CapBelowBonus,
    RuleOver, HoursReversed and DaysNever.
    """
    _check_funders(terms, participants)
    for shop in sorted(terms.shops - (participants - {OPERATOR})):
        raise BonusShopUnknown(shop)
    card = terms.effect.card()
    if card is not None and card.once_a_shop and terms.shops and len(terms.shops) < card.needed:
        raise ShopsTooFew(len(terms.shops), card.needed)
    _check_amounts(terms)
    check_days(terms, today)
    if terms.from_hour >= terms.until_hour:
        raise HoursReversed(terms.from_hour, terms.until_hour)
    if terms.days and not terms.days & _weekdays(terms, today):
        raise DaysNever(terms.first_day, terms.last_day or terms.first_day)


def _check_funders(terms: BonusTerms, participants: AbstractSet[str]) -> None:
    seen: set[str] = set()
    for funder, part in zip(terms.funders, split(terms.budget, terms.shares), strict=True):
        if funder.shop not in participants:
            raise FunderUnknown(funder.shop)
        if funder.shop in seen:
            raise FunderTwice(funder.shop)
        if not part:
            raise BudgetTooSmall(terms.budget, funder.shop)
        seen.add(funder.shop)


def _check_amounts(terms: BonusTerms) -> None:
    """What is given at once fits into the budget, and below each cap."""
    granted = terms.effect.least_granted()
    if terms.budget < granted:
        raise BudgetBelowBonus(terms.budget, granted)
    caps = {
        "most": terms.most,
        "most_member": terms.caps.member,
        "most_member_day": terms.caps.member_day,
        "most_day": terms.caps.day,
    }
    for cap, most in caps.items():
        if most is not None and most < granted:
            raise CapBelowBonus(cap, most, granted)


def _weekdays(terms: BonusTerms, today: int) -> frozenset[int]:
    """The days of the week (0 = Monday) on which it holds: all of them, where it holds for a week or longer."""
    day, seen = max(terms.first_day, today), list[int]()
    while len(seen) < WEEK and (terms.last_day is None or day <= terms.last_day):
        seen.append(date_of(day).weekday())
        day = next_day(day)
    return frozenset(seen)
