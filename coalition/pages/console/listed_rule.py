"""A rule in words: what it gives or asks, where and when, and the most that it gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from coalition.earning.bonus import BonusTerms, BonusVersion
from coalition.locale.formats import points_text
from coalition.pages.console.staff_visit import StaffVisit
from coalition.spending.spend_limits import LimitVersion


@dataclass(frozen=True, slots=True)
class ListedRule:
    """A version that holds or is still to begin: what it gives or asks, in words, and where.

    `left` are points that are left of its budget, of which `budget` was set aside by `funders`; 0 for a limit. `caps`
    are the most that it gives, each in words.
    """

    version: BonusVersion | LimitVersion
    sentence: str
    shops: list[str]
    days: list[int]
    from_hour: int = 0
    until_hour: int = 24
    budget: int = 0
    left: int = 0
    funders: str = ""
    caps: Sequence[str] = ()


def listed_rule(
    staff: StaffVisit, names: Mapping[str, str], version: BonusVersion | LimitVersion, left: int = 0
) -> ListedRule:
    """A version in words, of whose budget `left` points are left."""
    terms = version.terms
    sentence = staff.visit.reason(terms.effect.sentence())
    shops = [names.get(shop, shop) for shop in sorted(terms.shops)]
    if not isinstance(terms, BonusTerms):
        return ListedRule(version, sentence, shops, [])
    funders = " + ".join(names.get(funder.shop, funder.shop) for funder in terms.funders)
    hours = terms.from_hour, terms.until_hour
    return ListedRule(
        version, sentence, shops, sorted(terms.days), *hours, terms.budget, left, funders, _caps(staff, terms)
    )


def _caps(staff: StaffVisit, terms: BonusTerms) -> list[str]:
    """The most that a bonus gives, in words; what has no cap is left out."""
    caps = terms.caps

    def worded(most: int) -> str:
        return points_text(most, staff.visit.lang)

    say = staff.visit.say
    words = []
    if terms.most is not None:
        words.append(say("{points} for one sale", points=worded(terms.most)))
    if caps.member is not None:
        words.append(say("{points} for one member", points=worded(caps.member)))
    if caps.member_day is not None:
        words.append(say("{points} for one member on one day", points=worded(caps.member_day)))
    if caps.day is not None:
        words.append(say("{points} for all members on one day", points=worded(caps.day)))
    return words
