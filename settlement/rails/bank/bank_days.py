"""The days on which banks of a country carry out payments, by the library `holidays`; for euros see `target.py`."""

from collections.abc import Container
from datetime import date, timedelta
from functools import cache

_DAY = timedelta(days=1)
_SUBDIVISIONS = {"GB": "ENG"}
"""Bacs keeps the holidays of England."""


def next_bank_day(country: str, day: date, later: int = 0) -> date:
    """The first banking day on or after a day, and from there so many banking days on; `country` by ISO 3166."""
    closed = _holidays(country)
    while not _is_open(day, closed):
        day += _DAY
    for _ in range(later):
        day += _DAY
        while not _is_open(day, closed):
            day += _DAY
    return day


def _is_open(day: date, closed: Container[date]) -> bool:
    return day.weekday() < 5 and day not in closed


@cache
def _holidays(country: str) -> Container[date]:
    # It takes a moment to load, and only files of two countries need it.
    from holidays import country_holidays

    return country_holidays(country, subdiv=_SUBDIVISIONS.get(country))
