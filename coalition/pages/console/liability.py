"""What members hold at a date: by the shop that issued the points, and by the month in which they expire."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.locale.formats import month_text
from coalition.locale.name_order import name_order
from coalition.pages.console.charts import HEIGHT, WIDTH, Column, columns, part_of
from coalition.pages.console.list_page import Number, NumberedPage, Words, numbered_page
from coalition.pages.console.period import Day
from coalition.pages.console.sections import REPORTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.reports.read_liability import LiabilityPart, read_liability, worth_of
from settlement import date_of, date_text, day_number

router = PageRouter("/console/reports")
Staff = Annotated[StaffVisit, Depends(admit(REPORTS.roles))]
A_PAGE = 30
ShopOrder = Literal["points", "name"]
PartOrder = Literal["shop", "day", "points"]
PART_KEYS: Mapping[PartOrder, Callable[[str, LiabilityPart], tuple[object, ...]]] = {
    "shop": lambda name, part: (name_order(name), part.issuer, part.expires_on),
    "day": lambda name, part: (part.expires_on, name_order(name)),
    "points": lambda name, part: (-part.points, name_order(name), part.expires_on),
}
"""What each order compares, by the name of the shop."""


@dataclass(frozen=True, slots=True)
class HeldPoints:
    """Points of one shop or of one month: how many. `part` is that of the largest in percent."""

    name: str
    points: int
    worth_minor: int
    part: float


@dataclass(frozen=True, slots=True)
class LiabilityPage(ConsolePage):
    """As of an instant, which is the end of the day `asked` or now. `written` is that day as the API takes it.

    `shops` and `parts` are pages of lists, of shops whose names have these `words`; `base` is the address without what
    is chosen of the lists, and `opened` is whether something of the second one was.
    """

    as_of: int
    asked: date | None
    written: str
    today: date
    points: int
    worth_minor: int
    shops: NumberedPage[HeldPoints]
    months: list[HeldPoints]
    chart: list[Column]
    parts: NumberedPage[LiabilityPart]
    names: dict[str, str]
    words: str
    sort: ShopOrder
    by: PartOrder
    base: str
    opened: bool
    width: int = WIDTH
    height: int = HEIGHT
    section: Section = REPORTS


@router.get("")
def liability(
    staff: Staff,
    as_of: Annotated[Day | Literal[""], Query()] = "",
    words: Words = "",
    sort: Annotated[ShopOrder, Query()] = "points",
    page: Number = 1,
    by: Annotated[PartOrder | Literal[""], Query()] = "",
    part: Number = 1,
) -> HTMLResponse:
    """As of the end of a day; a day that is still to come is today.

    `sort` and `page` are of the shops, `by` and `part` of the shops' last days.
    """
    alliance, names = staff.alliance, staff.names()
    day = min(day_number(as_of), alliance.today) if as_of else None
    read = read_liability(alliance, day, staff.may_see)
    by_shop, by_month = (defaultdict[str, list[LiabilityPart]](list) for _ in range(2))
    for each in read.parts:
        by_shop[each.issuer].append(each)
        by_month[date_text(each.expires_on)[:7]].append(each)
    wanted = {ref for ref in by_shop if words.casefold() in names.get(ref, ref).casefold()}
    shops = _held([(names.get(ref, ref), parts) for ref, parts in by_shop.items() if ref in wanted])
    shops.sort(key=lambda shop: (0 if sort == "name" else -shop.points, name_order(shop.name)))
    order: PartOrder = by or "shop"
    parts = [each for each in read.parts if each.issuer in wanted]
    parts.sort(key=lambda each: PART_KEYS[order](names.get(each.issuer, each.issuer), each))
    months = [
        (month_text(date.fromisoformat(f"{month}-01"), staff.visit.lang), by_month[month]) for month in sorted(by_month)
    ]
    written = "" if day is None else date_text(day)
    content = LiabilityPage(
        as_of=read.as_of,
        asked=None if day is None else date_of(day),
        written=written,
        today=date_of(alliance.today),
        points=read.points,
        worth_minor=read.worth_minor,
        shops=numbered_page(shops, page, A_PAGE),
        months=_held(months),
        chart=columns([(name, "", _points(parts), 0) for name, parts in months]),
        parts=numbered_page(parts, part, A_PAGE),
        names=names,
        words=words,
        sort=sort,
        by=order,
        base=f"?as_of={written}&words={quote(words)}",
        opened=bool(by) or part > 1,
    )
    return show(staff.visit, content)


def _held(parts: list[tuple[str, list[LiabilityPart]]]) -> list[HeldPoints]:
    largest = max((_points(each) for _, each in parts), default=0)
    return [HeldPoints(name, _points(each), worth_of(each), part_of(_points(each), largest)) for name, each in parts]


def _points(parts: list[LiabilityPart]) -> int:
    return sum(part.points for part in parts)
