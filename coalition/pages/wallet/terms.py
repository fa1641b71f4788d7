"""The programme's terms, as whoever joins agrees to them: what the alliance has decided on, in words."""

from dataclasses import dataclass
from fractions import Fraction

from fastapi.responses import HTMLResponse

from coalition.locale.formats import Lang, fraction_text, points_text
from coalition.members.member_cache import member_cache
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import Visiting

router = PageRouter("/wallet/terms")


@dataclass(frozen=True, slots=True)
class TermsPage(Page):
    """What points are worth and how they are earned, for a unit of money (`unit_minor`); for how long they are good.

    Up to `by_id_minor` whoever names themselves spends, without a code. Members hear of points that expire
    `expiry_notice_days` ahead; gifts that nobody takes come back after `gift_days`.
    """

    unit_minor: int
    earned_per_unit: str
    spent_per_unit: str
    by_id_minor: int
    expiry_months: int
    expiry_notice_days: int
    gift_days: int


@router.get("")
def terms(visit: Visiting) -> HTMLResponse:
    """For everybody: it is read before one joins."""
    alliance = visit.town
    rules, members = alliance.programme.rules_at(alliance.clock()), member_cache(alliance).settings
    page = TermsPage(
        unit_minor=10**alliance.book.settings.minor_digits,
        earned_per_unit=_points(rules.earn_points_per_unit, visit.lang),
        spent_per_unit=_points(alliance.points_per_unit_now(), visit.lang),
        by_id_minor=alliance.programme.spend_by_id_minor,
        expiry_months=rules.expiry_months,
        expiry_notice_days=members.expiry_notice_days,
        gift_days=members.gift_days,
    )
    return show(visit, page)


def _points(count: Fraction, lang: Lang) -> str:
    """So many points; exactly, where they are no whole number."""
    return points_text(int(count), lang) if count.denominator == 1 else fraction_text(count)
