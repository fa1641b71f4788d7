"""The overview: what was issued and redeemed, what is outstanding, who takes part, and what needs somebody now."""

from collections import defaultdict
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from coalition.access.caller import Role
from coalition.events.relay import catch_up
from coalition.feed.member_activity import ACTIVE_DAYS, ActiveMembers, activity_counts
from coalition.ids import window_id
from coalition.locale.formats import date_text, local_time
from coalition.pages.console.charts import HEIGHT, WIDTH, Column, columns
from coalition.pages.console.needs import Need, needs_of
from coalition.pages.console.period import newest_window
from coalition.pages.console.sections import OVERVIEW, ConsolePage
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.windows.find_window import SettlementWindow, find_window
from settlement.clearing import outstanding_by_terms, points_by_window
from settlement.ledger import Session

router = PageRouter("/console")
Staff = Annotated[StaffVisit, Depends(admit(OVERVIEW.roles))]
TREND_WINDOWS = 12


@dataclass(frozen=True, slots=True)
class PointsWorth:
    """Points with their worth in minor units."""

    points: int
    minor: int


NOTHING = PointsWorth(0, 0)


@dataclass(frozen=True, slots=True)
class WindowFigures:
    """What was issued and redeemed in a window."""

    opens_at: int
    issued: PointsWorth = NOTHING
    redeemed: PointsWorth = NOTHING


@dataclass(frozen=True, slots=True)
class OverviewPage(ConsolePage):
    """All figures of the alliance, or those of the visitor's own shop.

    The `window` is the newest in which anything was posted, which may be over. `net_minor` is the shop's of it, or
    what all shops together have to pay.
    """

    own_shop: str | None
    window: SettlementWindow
    is_over: bool
    window_ref: str
    net_minor: int
    current: WindowFigures
    before: WindowFigures | None
    outstanding: PointsWorth
    active: ActiveMembers
    days: int
    needs: list[Need]
    trend: list[Column]
    figures: list[WindowFigures]
    width: int = WIDTH
    height: int = HEIGHT


@router.get("")
def overview(staff: Staff) -> HTMLResponse:
    """Everything at a glance."""
    alliance, shop = staff.alliance, staff.shop
    catch_up(alliance)
    window = find_window(alliance, newest_window(staff, 1))
    with closing(alliance.database.session()) as session:
        figures, outstanding, needs = _figures(staff, session), _outstanding(staff, session), needs_of(staff, session)
    current = next((each for each in figures if each.opens_at == window.opens_at), WindowFigures(window.opens_at))
    earlier = [each for each in figures if each.opens_at < window.opens_at]
    page = OverviewPage(
        own_shop=shop,
        window=window,
        is_over=window.closes_at <= alliance.clock(),
        window_ref=window_id(window.opens_at),
        net_minor=window.collected_minor if shop is None else window.nets.get(shop, 0),
        current=current,
        before=earlier[-1] if earlier else None,
        outstanding=outstanding,
        active=activity_counts(alliance).active(shop),
        days=ACTIVE_DAYS,
        needs=needs,
        trend=columns([_labelled(staff, each) for each in figures]),
        figures=figures,
    )
    return show(staff.visit, page)


def _figures(staff: StaffVisit, session: Session) -> list[WindowFigures]:
    """The newest windows, the oldest first."""
    alliance = staff.alliance
    rows = points_by_window(alliance.book, session, TREND_WINDOWS, staff.shop)
    issued, redeemed = defaultdict[int, list[PointsWorthExact]](list), defaultdict[int, list[PointsWorthExact]](list)
    for row in rows:
        rate = alliance.minor_per_point(row.terms_id)
        issued[row.opens_at].append((row.issued, row.issued * rate))
        redeemed[row.opens_at].append((row.redeemed, row.redeemed * rate))
    return [WindowFigures(opens_at, _sum(issued[opens_at]), _sum(redeemed[opens_at])) for opens_at in sorted(issued)]


PointsWorthExact = tuple[int, Fraction]


def _outstanding(staff: StaffVisit, session: Session) -> PointsWorth:
    """What members hold, as the report of the liability has it."""
    alliance = staff.alliance
    held = outstanding_by_terms(alliance.book, session)
    return _sum(
        [
            (points, points * alliance.minor_per_point(terms_id))
            for (issuer, terms_id), points in held.items()
            if staff.may_see(issuer)
        ]
    )


def _sum(parts: list[PointsWorthExact]) -> PointsWorth:
    return PointsWorth(sum(points for points, _ in parts), ceil(sum((minor for _, minor in parts), Fraction(0))))


def _labelled(staff: StaffVisit, figures: WindowFigures) -> tuple[str, str, int, int]:
    opened = local_time(figures.opens_at, staff.visit.timezone)
    link = f"/console/windows/{window_id(figures.opens_at)}"
    if staff.caller.role is Role.MANAGER:
        link += f"/{staff.shop}"
    return date_text(opened.date(), staff.visit.lang), link, figures.issued.points, figures.redeemed.points
