"""When a shop opens next, by the clock on its wall."""

from datetime import datetime

import pytest

from coalition.merchants.opening_hours import OpeningHours, OpenSpan

MONDAY = 2
WEEK = [[OpenSpan(8 * 60, 12 * 60), OpenSpan(14 * 60, 18 * 60)], *[[]] * 4, [OpenSpan(20 * 60, 2 * 60)], []]


def at(day: int, hour: int) -> datetime:
    """An hour of March 2026, whose second day is a Monday."""
    return datetime(2026, 3, day, hour)  # noqa: DTZ001 - by the clock on the wall


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        (at(MONDAY, 7), at(MONDAY, 8)),
        (at(MONDAY, 12), at(MONDAY, 14)),
        (at(MONDAY, 18), at(MONDAY + 5, 20)),
        (at(MONDAY + 6, 3), at(MONDAY + 12, 20)),
    ],
    ids=["later today", "after lunch", "on another day", "behind days on which it is closed"],
)
def test_a_shop_opens_next_when_its_next_span_begins(now: datetime, opens: datetime) -> None:
    hours = OpeningHours(WEEK, frozenset({20260309}))
    assert hours.opens_at(now) == opens


def test_a_shop_without_hours_opens_at_no_time() -> None:
    assert OpeningHours().opens_at(at(MONDAY, 7)) is None
