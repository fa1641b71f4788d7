"""The days on which euro payments settle: TARGET, the calendar of the European central banks.

Closed on Saturdays and Sundays, on 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December (European
Central Bank, Guideline ECB/2022/8, Annex I, part on operating days).
"""

from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)


def is_target_day(day: date) -> bool:
    """Whether euro payments settle on this day."""
    return day.weekday() < 5 and day not in _holidays(day.year)


def next_target_day(day: date, later: int = 0) -> date:
    """The first TARGET day on or after a day, and from there so many TARGET days on."""
    while not is_target_day(day):
        day += _DAY
    for _ in range(later):
        day += _DAY
        while not is_target_day(day):
            day += _DAY
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    easter = _easter(year)
    fixed = ((1, 1), (5, 1), (12, 25), (12, 26))
    return frozenset({date(year, *day) for day in fixed} | {easter - 2 * _DAY, easter + _DAY})


def _easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar, by the anonymous algorithm (Nature, 20 April 1876; Meeus, chapter 8)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap_centuries - correction + 15) % 30
    leaps, rest_of_four = divmod(rest, 4)
    weekday = (32 + 2 * century_rest + 2 * leaps - moon - rest_of_four) % 7
    late = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
