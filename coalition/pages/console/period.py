"""Which windows a page is about: the newest few, or those of some days."""

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Form, Query

from coalition.ids import window_id
from coalition.pages.console.staff_visit import StaffVisit
from settlement import EARLIEST, Calendar, day_number
from settlement.clearing import points_by_window

NEWEST = (1, 4, 13, 52, 0)
"""How many of the newest windows a page offers at once; 0 for all."""
WINDOWS_MAX = 1_000
LATEST = date(2999, 12, 31)
Day = Annotated[date, Query(ge=EARLIEST, le=LATEST)]
TypedDay = Annotated[Annotated[date, Form(ge=EARLIEST, le=LATEST)] | Literal[""], Form()]
"""A day in a form, which may be left out."""


def newest_window(staff: StaffVisit, count: int) -> int:
    """The window that the newest `count` of them end with, by the instant at which it opens.

    It is the one that is open now; but where nothing was posted in so many, as in a book of a year that is over, the
    last in which something was.
    """
    calendar = staff.alliance.calendar
    now = calendar.window(staff.alliance.clock())[0]
    with closing(staff.alliance.database.session()) as session:
        posted = points_by_window(staff.alliance.book, session, 1)
    return posted[-1].opens_at if posted and count and posted[-1].opens_at < _back(calendar, now, count - 1) else now


@dataclass(frozen=True, slots=True)
class PeriodAsked:
    """The newest windows, so many, or those in which some days lie."""

    windows: int
    since: date | None
    until: date | None

    def of(self, staff: StaffVisit) -> "WindowPeriod":
        """The windows that these are now."""
        calendar = staff.alliance.calendar
        now = newest_window(staff, self.windows)
        if self.since is None and self.until is None:
            first = None if self.windows == 0 else _back(calendar, now, self.windows - 1)
            return WindowPeriod(self, first, now, calendar.window(now)[1])
        first = None if self.since is None else calendar.window(calendar.start_of_day(day_number(self.since)))[0]
        last = now if self.until is None else calendar.window(calendar.end_of_day(day_number(self.until)) - 1)[0]
        return WindowPeriod(self, first, last, calendar.window(last)[1])


@dataclass(frozen=True, slots=True)
class WindowPeriod:
    """The first and the last window by the instants at which they open, and the end of the last. The first is None
    where all before are meant.
    """

    asked: PeriodAsked
    first: int | None
    last: int
    ends_at: int

    @property
    def windows(self) -> int | None:
        """How many of the newest windows these are; None where days were asked for."""
        return self.asked.windows if self.asked.since is None and self.asked.until is None else None

    @property
    def query(self) -> str:
        """These windows as the parameters of pages."""
        if self.windows is not None:
            return f"windows={self.windows}"
        days = {"since": self.asked.since, "until": self.asked.until}
        return "&".join(f"{name}={day}" for name, day in days.items() if day is not None)

    @property
    def api_query(self) -> str:
        """These windows as the parameters of the API."""
        first = "" if self.first is None else f"first_window={window_id(self.first)}&"
        return f"{first}last_window={window_id(self.last)}"


def _asked(
    windows: Annotated[int, Query(ge=0, le=WINDOWS_MAX)] = 13,
    since: Annotated[Day | Literal[""], Query()] = "",
    until: Annotated[Day | Literal[""], Query()] = "",
) -> PeriodAsked:
    if since and until and until < since:
        since, until = until, since
    return PeriodAsked(windows, since or None, until or None)


AskedPeriod = Annotated[PeriodAsked, Depends(_asked)]


def _back(calendar: Calendar, opens_at: int, count: int) -> int:
    for _ in range(count):
        opens_at = calendar.window(opens_at - 1)[0]
    return opens_at
