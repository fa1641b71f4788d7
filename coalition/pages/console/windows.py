"""The calendar of windows: each month with its windows, how far each is, and what was settled in it."""

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.ids import window_id
from coalition.locale.formats import local_time
from coalition.pages.console.charts import part_of
from coalition.pages.console.sections import WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.windows.find_window import SettlementWindow, list_windows

router = PageRouter("/console/windows")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]
A_PAGE = 54
"""Windows on a page: a year of weeks."""


@dataclass(frozen=True, slots=True)
class CalendarWindow:
    """A window of the calendar. `minor` is what was settled in it, or a shop's own net; `part` is that in percent of
    the greatest.
    """

    ref: str
    window: SettlementWindow
    minor: int
    shops: int
    part: float


@dataclass(frozen=True, slots=True)
class CalendarMonth:
    """A month by its first day, with the windows that begin in it, and the sum of theirs."""

    first: date
    windows: list[CalendarWindow]
    minor: int


@dataclass(frozen=True, slots=True)
class WindowsPage(ConsolePage):
    """Months, the newest first. `before` is where the next page begins; None on the last."""

    own_shop: str | None
    months: list[CalendarMonth]
    before: str | None
    section: Section = WINDOWS


@router.get("")
def windows(staff: Staff, before: Annotated[str | None, Query(max_length=40)] = None) -> HTMLResponse:
    """The open window, and all others in which something was posted."""
    listed = list_windows(staff.alliance)
    if before is not None:
        listed = [window for window in listed if window_id(window.opens_at) < before]
    kept = listed[:A_PAGE]
    figures = [window.collected_minor if staff.shop is None else window.nets.get(staff.shop, 0) for window in kept]
    largest = max(map(abs, figures), default=0)
    rows = [
        CalendarWindow(window_id(window.opens_at), window, minor, len(window.nets), part_of(abs(minor), largest))
        for window, minor in zip(kept, figures, strict=True)
    ]
    months = [
        CalendarMonth(first, of_month, sum(row.minor for row in of_month))
        for first, each in groupby(rows, key=lambda row: _month(staff, row.window))
        for of_month in [list(each)]
    ]
    return show(staff.visit, WindowsPage(staff.shop, months, rows[-1].ref if len(listed) > A_PAGE else None))


def _month(staff: StaffVisit, window: SettlementWindow) -> date:
    return local_time(window.opens_at, staff.visit.timezone).date().replace(day=1)
