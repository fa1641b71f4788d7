"""A calendar of several eras: another time zone or other cut-offs from a window on."""

from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.calendar import Calendar, Cutoff, date_of, day_number, next_day
from tests.support.clock import DAY, HOUR, instant

# One day's cut-offs are not another's: from UTC-11 to UTC+14, with clock changes of an hour and of half of one.
PLAIN_ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Australia/Lord_Howe",
    "Asia/Tokyo",
]
ZONES = st.sampled_from(PLAIN_ZONES) | st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
TIMES = st.times(timezones=st.none()) | st.sampled_from([time(0), time(2, 30), time(12), time(23, 30)])
CUTOFFS = st.builds(
    Cutoff, st.sampled_from(["daily", "weekly", "monthly"]), st.integers(0, 6), st.integers(1, 31), TIMES
)
FIRST, LAST = instant("2015-01-01T00:00"), instant("2035-01-01T00:00")
WEEKLY, MONTHLY = Cutoff("weekly"), Cutoff("monthly")


class Agreed(NamedTuple):
    after: int
    zone: str
    cutoff: Cutoff


def changes(zones=ZONES):
    return st.lists(st.builds(Agreed, st.integers(0, 90 * DAY) | st.just(0), zones, CUTOFFS), min_size=1, max_size=5)


def calendars(zone, cutoff, agreed):
    """The calendar after each agreement: each begins at the end of a window of the one before."""
    chain = [Calendar(zone, cutoff)]
    at = instant("2024-05-15T12:00")
    for change in agreed:
        since = chain[-1].window(at + change.after)[1]
        chain.append(chain[-1].then(since, change.zone, change.cutoff))
        at = since
    return chain


def instants_around(calendar):
    """Instants near the borders of eras, and anywhere."""
    starts = []
    era = calendar
    while era.before is not None:
        starts.append(era.starts_at)
        era = era.before
    near = st.builds(int.__add__, st.sampled_from(starts), st.integers(-3 * DAY, 3 * DAY) | st.sampled_from([-1, 0, 1]))
    return near | st.integers(FIRST, LAST)


@given(ZONES, CUTOFFS, changes(), st.data())
@settings(deadline=None, max_examples=200)
def test_windows_tile_time_over_all_eras(zone, cutoff, agreed, data):
    calendar = calendars(zone, cutoff, agreed)[-1]
    at = data.draw(instants_around(calendar))
    opens_at, closes_at = calendar.window(at)
    assert opens_at <= at < closes_at
    for inside in (opens_at, (opens_at + closes_at) // 2, closes_at - 1):
        assert calendars(zone, cutoff, agreed)[-1].window(inside) == (opens_at, closes_at)
    assert calendar.window(closes_at)[0] == closes_at
    assert calendar.window(opens_at - 1)[1] == opens_at


@given(ZONES, CUTOFFS, changes(), st.data())
@settings(deadline=None, max_examples=200)
def test_a_change_leaves_what_lies_before_it_as_it_was(zone, cutoff, agreed, data):
    *_, before, after = calendars(zone, cutoff, agreed)
    at = data.draw(instants_around(after).filter(lambda at: at < after.starts_at))
    assert after.window(at) == before.window(at)
    assert after.zone_at(at) == before.zone_at(at)
    assert after.local_date(at) == before.local_date(at)
    assert after.time_of_day(at) == before.time_of_day(at)
    # The era itself opens a window, and all its cut-offs are its own.
    assert after.window(after.starts_at)[0] == after.starts_at
    later = data.draw(st.integers(after.starts_at, LAST))
    alone = Calendar(after.zone, after.cutoff).window(later)
    assert after.window(later) == (max(alone[0], after.starts_at), alone[1])
    assert after.zone_at(later) == after.zone


@given(ZONES, CUTOFFS, changes(), st.data())
@settings(deadline=None, max_examples=200)
def test_days_tile_time_and_are_those_on_the_wall(zone, cutoff, agreed, data):
    calendar = calendars(zone, cutoff, agreed)[-1]
    at = data.draw(instants_around(calendar))
    wall = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)).astimezone(ZoneInfo(calendar.zone_at(at)))
    day, starts_at, ends_at = calendar.day(at)
    assert starts_at <= at < ends_at
    assert day == calendar.local_date(at) == day_number(wall.date())
    assert calendar.time_of_day(at) == wall.time()
    for inside in (starts_at, (starts_at + ends_at) // 2, ends_at - 1):
        assert calendars(zone, cutoff, agreed)[-1].day(inside) == (day, starts_at, ends_at)
    assert calendar.day(ends_at)[1] == ends_at
    assert calendar.day(starts_at - 1)[2] == starts_at


@given(st.sampled_from(PLAIN_ZONES), CUTOFFS, changes(st.sampled_from(PLAIN_ZONES)), st.data())
@settings(deadline=None, max_examples=300)
def test_a_date_has_ended_once_a_later_one_is_on_the_wall(zone, cutoff, agreed, data):
    calendar = calendars(zone, cutoff, agreed)[-1]
    at = data.draw(instants_around(calendar))
    today = calendar.local_date(at)
    yesterday = day_number(date_of(today) - timedelta(days=1))
    assert calendar.end_of_day(yesterday) == calendar.start_of_day(today) <= at
    begins = calendar.start_of_day(next_day(today))
    assert calendar.local_date(begins) > today
    assert begins > at or calendar.local_date(begins - 1) < next_day(today)


@given(ZONES, CUTOFFS, changes(), st.data())
@settings(deadline=None, max_examples=200)
def test_a_wall_time_is_read_as_the_first_instant_that_shows_it(zone, cutoff, agreed, data):
    calendar = calendars(zone, cutoff, agreed)[-1]
    at = data.draw(instants_around(calendar))
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    wall = calendar.wall_clock(moment)
    assert wall == moment.astimezone(ZoneInfo(calendar.zone_at(at))).replace(tzinfo=None)
    readings = calendar.instants_of(wall)
    assert at in readings
    assert calendar.wall(wall) == min(readings) <= at
    assert calendar.wall(moment) == at
    assert calendar.repeated(wall) == timedelta(microseconds=max(readings) - min(readings))


def test_a_clock_that_is_set_back_by_a_move_west_shows_six_hours_twice():
    since = instant("2024-06-03T00:00", "Europe/Berlin")
    moved = Calendar("Europe/Berlin", WEEKLY).then(since, "America/New_York", WEEKLY)
    assert moved.wall(datetime.fromisoformat("2024-06-02T20:00")) == instant("2024-06-02T20:00", "Europe/Berlin")
    assert moved.repeated(datetime.fromisoformat("2024-06-02T20:00")) == timedelta(hours=6)
    assert moved.repeated(datetime.fromisoformat("2024-06-02T12:00")) == timedelta(0)
    # Sunday has thirty hours, and ends in New York.
    assert moved.start_of_day(2024_06_02) == instant("2024-06-02T00:00", "Europe/Berlin")
    assert moved.end_of_day(2024_06_02) == instant("2024-06-03T00:00", "America/New_York")
    # The first window ends with the first cut-off of the new zone, so it has the six hours of difference.
    assert moved.window(since) == (since, since + 6 * HOUR)
    assert moved.window(since + 6 * HOUR)[1] == instant("2024-06-10T00:00", "America/New_York")


def test_a_clock_that_is_set_forward_by_a_move_east_skips_the_first_hours_of_a_day():
    since = instant("2024-06-03T00:00", "Europe/Berlin")
    moved = Calendar("Europe/Berlin", WEEKLY).then(since, "Asia/Tokyo", MONTHLY)
    assert moved.start_of_day(2024_06_03) == moved.end_of_day(2024_06_02) == since
    assert moved.local_date(since - 1) == 2024_06_02
    assert moved.time_of_day(since) == time(7)
    # It is read on the clock before, as where a clock change skips an hour.
    assert moved.wall(datetime.fromisoformat("2024-06-03T05:00")) == instant("2024-06-03T05:00", "Europe/Berlin")
    assert moved.window(since) == (since, instant("2024-07-01T00:00", "Asia/Tokyo"))


@pytest.mark.parametrize("day", [date(2024, 1, 1), date(2024, 6, 3), date(2025, 1, 1)])
def test_one_era_is_what_its_calendar_is(day):
    alone = Calendar("Europe/Berlin", WEEKLY)
    same = alone.then(instant("2024-06-03T00:00", "Europe/Berlin"), "Europe/Berlin", WEEKLY)
    at = alone.start_of_day(day_number(day))
    assert same.start_of_day(day_number(day)) == at
    assert (same.window(at), same.local_date(at)) == (alone.window(at), alone.local_date(at))
