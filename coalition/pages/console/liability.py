"""What members hold at a date: by the shop that issued the points, and by the month in which they expire."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.locale.formats import month_text
from coalition.pages.console.charts import HEIGHT, WIDTH, Column, columns, part_of
from coalition.pages.console.period import Day
from coalition.pages.console.sections import REPORTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.reports.read_liability import LiabilityPart, read_liability, worth_of
from settlement import date_of, date_text, day_number

router = PageRouter("/console/reports")
Staff = Annotated[StaffVisit, Depends(admit(REPORTS.roles))]
SHOPS_MOST, ROWS_MOST = 30, 100


@dataclass(frozen=True, slots=True)
class HeldPoints:
    """Points of one shop or of one month: how many. `part` is that of the largest in percent."""

    name: str
    points: int
    worth_minor: int
    part: float


@dataclass(frozen=True, slots=True)
class LiabilityPage(ConsolePage):
    """As of an instant, which is the end of the day `asked` or now. `written` is that day as the API takes it."""

    as_of: int
    asked: date | None
    written: str
    today: date
    points: int
    worth_minor: int
    shops: list[HeldPoints]
    months: list[HeldPoints]
    chart: list[Column]
    parts: list[LiabilityPart]
    names: dict[str, str]
    more_shops: int
    more: int
    width: int = WIDTH
    height: int = HEIGHT
    section: Section = REPORTS


@router.get("")
def liability(staff: Staff, as_of: Annotated[Day | Literal[""], Query()] = "") -> HTMLResponse:
    """As of the end of a day; a day that is still to come is today."""
    alliance, names = staff.alliance, staff.names()
    day = min(day_number(as_of), alliance.today) if as_of else None
    read = read_liability(alliance, day, staff.may_see)
    by_shop, by_month = (defaultdict[str, list[LiabilityPart]](list) for _ in range(2))
    for part in read.parts:
        by_shop[part.issuer].append(part)
        by_month[date_text(part.expires_on)[:7]].append(part)
    shops = [(names.get(ref, ref), parts) for ref, parts in by_shop.items()]
    shops.sort(key=lambda shop: (-_points(shop[1]), shop[0]))
    months = [
        (month_text(date.fromisoformat(f"{month}-01"), staff.visit.lang), by_month[month]) for month in sorted(by_month)
    ]
    page = LiabilityPage(
        as_of=read.as_of,
        asked=None if day is None else date_of(day),
        written="" if day is None else date_text(day),
        today=date_of(alliance.today),
        points=read.points,
        worth_minor=read.worth_minor,
        shops=_held(shops[:SHOPS_MOST]),
        more_shops=max(0, len(shops) - SHOPS_MOST),
        months=_held(months),
        chart=columns([(name, "", _points(parts), 0) for name, parts in months]),
        parts=read.parts[:ROWS_MOST],
        names=names,
        more=max(0, len(read.parts) - ROWS_MOST),
    )
    return show(staff.visit, page)


def _held(parts: list[tuple[str, list[LiabilityPart]]]) -> list[HeldPoints]:
    largest = max((_points(each) for _, each in parts), default=0)
    return [HeldPoints(name, _points(each), worth_of(each), part_of(_points(each), largest)) for name, each in parts]


def _points(parts: list[LiabilityPart]) -> int:
    return sum(part.points for part in parts)
