"""Periods in which rules count: days, weeks that end on a Sunday, months and years, by their last days. Pure."""

from datetime import timedelta
from enum import StrEnum
from functools import lru_cache

from settlement import date_of, day_number, month_end


class CalendarPeriod(StrEnum):
    """A day, week, month or year on the alliance's calendar."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@lru_cache(maxsize=4096)
def last_day(period: CalendarPeriod, day: int) -> int:
    """The last day of the period in which a day lies (both yyyymmdd)."""
    match period:
        case CalendarPeriod.DAY:
            return day
        case CalendarPeriod.WEEK:
            date = date_of(day)
            return day_number(date + timedelta(days=6 - date.weekday()))
        case CalendarPeriod.MONTH:
            return month_end(day, 0)
        case CalendarPeriod.YEAR:
            return day // 10_000 * 10_000 + 12_31


@lru_cache(maxsize=4096)
def later(period: CalendarPeriod, last: int, count: int) -> int:
    """The last day of the period so many periods after the one that ends on `last`, or before where `count` is less
    than zero. Raises NoSuchDate beyond the calendar.
    """
    match period:
        case CalendarPeriod.DAY | CalendarPeriod.WEEK:
            days = count if period is CalendarPeriod.DAY else 7 * count
            return day_number(date_of(last) + timedelta(days=days))
        case CalendarPeriod.MONTH:
            return month_end(last, count)
        case CalendarPeriod.YEAR:
            return last + 10_000 * count
