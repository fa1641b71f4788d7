from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlement.calendar import Calendar, Cutoff, month_end, next_day
from settlement.errors import CutoffInvalid, InstantOutOfRange, NoSuchDate, UnknownTimeZone

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAILY, WEEKLY, MONTHLY = Cutoff("daily"), Cutoff("weekly"), Cutoff("monthly")
HOUR = 3_600_000_000


def instant(text):
    """Microseconds since 1970 of an ISO time with an offset."""
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def on_the_wall(zone, at):
    return (EPOCH + timedelta(microseconds=at)).astimezone(ZoneInfo(zone))


ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
# Zones whose clocks do odd things: midnight changes, half hours, a day that never was, a year of two Ramadans.
ODD_ZONES = st.sampled_from(
    ["America/Sao_Paulo", "America/Havana", "Asia/Beirut", "Pacific/Apia", "America/St_Johns", "America/Moncton",
     "Asia/Pyongyang", "Pacific/Kwajalein", "Africa/Casablanca", "Australia/Lord_Howe", "Asia/Gaza", "America/Nuuk",
     "Africa/Cairo", "Asia/Amman"]
)  # fmt: skip
INSTANTS = st.integers(instant("1990-01-01T00:00+00:00"), instant("2038-01-01T00:00+00:00"))
TIMES = st.times(timezones=st.none()) | st.sampled_from([time(0), time(0, 30), time(2, 30), time(23, 30)])
CUTOFFS = st.builds(
    Cutoff, st.sampled_from(["daily", "weekly", "monthly"]), st.integers(0, 6), st.integers(1, 31), TIMES
)
DATES = st.dates(date(1900, 1, 1), date(2200, 12, 31))


def yyyymmdd(day):
    return int(day.strftime("%Y%m%d"))


@pytest.mark.parametrize(
    ("zone", "cutoff", "at", "opens", "closes"),
    [
        pytest.param(
            "America/New_York", WEEKLY, "2017-01-04T12:00-05:00",
            "2017-01-02T05:00+00:00", "2017-01-09T05:00+00:00", id="a week from Monday 00:00",
        ),
        pytest.param(
            "Europe/Berlin", WEEKLY, "2024-03-31T23:59:59.999999+02:00",
            "2024-03-25T00:00+01:00", "2024-04-01T00:00+02:00", id="a week of 167 hours",
        ),
        pytest.param(
            "Europe/Berlin", DAILY, "2024-10-27T02:30+01:00",
            "2024-10-27T00:00+02:00", "2024-10-28T00:00+01:00", id="a day of 25 hours",
        ),
        pytest.param(
            "Europe/Berlin", MONTHLY, "2024-02-01T00:00+01:00",
            "2024-02-01T00:00+01:00", "2024-03-01T00:00+01:00", id="a cut-off opens the next window",
        ),
        pytest.param(
            "Asia/Shanghai", Cutoff("monthly", day=31, at=time(18)), "2024-02-29T18:00+08:00",
            "2024-02-29T18:00+08:00", "2024-03-31T18:00+08:00", id="the last day stands for the 31st",
        ),
        pytest.param(
            "Asia/Shanghai", Cutoff("weekly", weekday=6, at=time(22)), "2024-05-05T21:59+08:00",
            "2024-04-28T22:00+08:00", "2024-05-05T22:00+08:00", id="Sunday evening",
        ),
        pytest.param(
            "Europe/Berlin", Cutoff("daily", at=time(2, 30)), "2024-03-31T12:00+02:00",
            "2024-03-31T03:30+02:00", "2024-04-01T02:30+02:00", id="a skipped cut-off is as if the clock stood still",
        ),
        pytest.param(
            "Europe/Berlin", Cutoff("daily", at=time(2, 30)), "2024-10-27T02:30+01:00",
            "2024-10-27T02:30+02:00", "2024-10-28T02:30+01:00", id="a repeated cut-off is the first",
        ),
        pytest.param(
            "America/Sao_Paulo", DAILY, "2017-10-15T12:00-02:00",
            "2017-10-15T01:00-02:00", "2017-10-16T00:00-02:00", id="midnight is skipped",
        ),
        pytest.param(
            "America/Sao_Paulo", DAILY, "2017-02-18T23:30-03:00",
            "2017-02-18T00:00-02:00", "2017-02-19T00:00-03:00", id="the hour before midnight comes twice",
        ),
        pytest.param(
            "America/Havana", DAILY, "2017-11-05T00:30-05:00",
            "2017-11-05T00:00-04:00", "2017-11-06T00:00-05:00", id="midnight comes twice",
        ),
        pytest.param(
            "Asia/Beirut", DAILY, "2017-03-26T01:00+03:00",
            "2017-03-26T01:00+03:00", "2017-03-27T00:00+03:00", id="Beirut skips midnight",
        ),
        pytest.param(
            "Pacific/Apia", DAILY, "2011-12-29T12:00-10:00",
            "2011-12-29T00:00-10:00", "2011-12-31T00:00+14:00", id="Samoa skips the 30th: no empty window",
        ),
        pytest.param(
            "Pacific/Apia", Cutoff("weekly", weekday=4), "2011-12-31T00:00+14:00",
            "2011-12-31T00:00+14:00", "2012-01-06T00:00+14:00", id="a skipped Friday closes when Saturday begins",
        ),
    ],
)  # fmt: skip
def test_a_window_lies_between_two_cutoffs(zone, cutoff, at, opens, closes):
    assert Calendar(zone, cutoff).window(instant(at)) == (instant(opens), instant(closes))


@given(ZONES | ODD_ZONES, CUTOFFS, INSTANTS)
@settings(deadline=None, max_examples=400)
def test_windows_tile_time(zone, cutoff, at):
    calendar = Calendar(zone, cutoff)
    opens_at, closes_at = calendar.window(at)
    assert opens_at <= at < closes_at
    for inside in (opens_at, (opens_at + closes_at) // 2, closes_at - 1):
        assert Calendar(zone, cutoff).window(inside) == (opens_at, closes_at)
    assert calendar.window(closes_at)[0] == closes_at
    assert calendar.window(opens_at - 1)[1] == opens_at


@given(ZONES | ODD_ZONES, CUTOFFS, INSTANTS)
@settings(deadline=None)
def test_every_cutoff_and_nothing_else_divides_windows(zone, cutoff, at):
    """Against all dates two months either side, each tried by the words of the rule."""
    today = on_the_wall(zone, at).date()
    cuts = set()
    for day in (today + timedelta(days=step) for step in range(-62, 63)):
        last_of_month = (day + timedelta(days=1)).month != day.month
        falls = {
            "daily": True,
            "weekly": day.weekday() == cutoff.weekday,
            "monthly": day.day == cutoff.day or (last_of_month and day.day < cutoff.day),
        }
        if falls[cutoff.every]:
            wall = datetime.combine(day, cutoff.at, ZoneInfo(zone))
            cuts.add((wall - EPOCH) // timedelta(microseconds=1))
    expected = max(cut for cut in cuts if cut <= at), min(cut for cut in cuts if cut > at)
    assert Calendar(zone, cutoff).window(at) == expected


@pytest.mark.parametrize("zone", ["Pacific/Apia", "America/Sao_Paulo", "America/St_Johns", "Asia/Pyongyang"])
@pytest.mark.parametrize("at", [time(0), time(0, 0, 30), time(12), time(23, 30)])
def test_daily_windows_follow_one_another_all_year(zone, at):
    calendar = Calendar(zone, Cutoff("daily", at=at))
    for year in (2010, 2011, 2015, 2018):
        opens_at = calendar.window(instant(f"{year}-01-01T00:00+00:00"))[0]
        while opens_at < instant(f"{year + 1}-01-01T00:00+00:00"):
            window = calendar.window(opens_at)
            assert window[0] == opens_at
            assert 23 * HOUR <= window[1] - opens_at <= 25 * HOUR
            opens_at = window[1]


@given(ZONES | ODD_ZONES, st.lists(INSTANTS, min_size=2, max_size=6))
@settings(deadline=None, max_examples=50)
def test_an_answer_does_not_depend_on_what_was_asked_before(zone, instants):
    asked = Calendar(zone, WEEKLY)
    for at in [*instants, *instants]:
        fresh = Calendar(zone, WEEKLY)
        assert (asked.window(at), asked.day(at)) == (fresh.window(at), fresh.day(at))
    assert asked == Calendar(zone, WEEKLY)
    assert hash(asked) == hash(Calendar(zone, WEEKLY))


def test_threads_may_share_a_calendar():
    shared = Calendar("Europe/Berlin", DAILY)
    start = instant("2024-03-01T00:00+00:00")
    instants = [start + (step * 7919 % 2000) * HOUR for step in range(4000)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda at: (shared.window(at), shared.day(at)), instants))
    for at, (window, day) in zip(instants, answers, strict=True):
        assert window[0] <= at < window[1]
        assert day[1] <= at < day[2]


@pytest.mark.parametrize(
    "zone", ["", ".", "..", "/etc/localtime", "../UTC", "Europe", "Europe/", "europe/berlin", "Berlin", "localtime",
             "Factory", "right/UTC", "tzdata.zi", "a\0b", "\ud800", "x" * 5000, "UTC+1", " UTC"],
)  # fmt: skip
def test_a_zone_that_is_not_an_iana_name_is_refused(zone):
    with pytest.raises(UnknownTimeZone) as error:
        Calendar(zone, DAILY)
    assert error.value.name == zone


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("every", "hourly"),
        ("weekday", 7),
        ("weekday", -1),
        ("day", 0),
        ("day", 32),
        ("at", time(0, tzinfo=UTC)),
    ],
)
def test_a_cutoff_that_does_not_exist_is_refused(field, value):
    with pytest.raises(CutoffInvalid) as error:
        Cutoff(**{"every": "daily", field: value})
    assert (error.value.field, error.value.value) == (field, value)


@pytest.mark.parametrize(
    ("zone", "wall", "expected"),
    [
        pytest.param("Europe/Berlin", "2024-03-31T02:30", "2024-03-31T03:30+02:00", id="skipped"),
        pytest.param("Europe/Berlin", "2024-10-27T02:30", "2024-10-27T02:30+02:00", id="repeated"),
        pytest.param("Asia/Shanghai", "2024-05-01T09:00:00.000001", "2024-05-01T01:00:00.000001+00:00", id="plain"),
        pytest.param("Asia/Shanghai", "2024-05-01T09:00+02:00", "2024-05-01T07:00+00:00", id="its own offset"),
        pytest.param("Asia/Kathmandu", "1969-12-31T00:00", "1969-12-30T18:30+00:00", id="before 1970"),
    ],
)
def test_a_wall_time_is_read_as_on_the_clock_before_a_change(zone, wall, expected):
    calendar = Calendar(zone, DAILY)
    assert calendar.wall(datetime.fromisoformat(wall)) == instant(expected)
    assert calendar.wall(datetime.fromisoformat(wall).replace(fold=1)) == instant(expected)


@pytest.mark.parametrize(
    ("zone", "at", "day", "starts", "ends"),
    [
        pytest.param(
            "Europe/Berlin", "2024-03-31T12:00+02:00",
            20240331, "2024-03-31T00:00+01:00", "2024-04-01T00:00+02:00", id="23 hours",
        ),
        pytest.param(
            "America/Sao_Paulo", "2017-02-18T23:30-02:00",
            20170218, "2017-02-18T00:00-02:00", "2017-02-19T00:00-03:00", id="on over a change at midnight",
        ),
        pytest.param(
            "America/Havana", "2017-11-05T00:30-05:00",
            20171105, "2017-11-05T00:00-04:00", "2017-11-06T00:00-05:00", id="from the first of two midnights",
        ),
        pytest.param(
            "Pacific/Apia", "2011-12-31T00:00+14:00",
            20111231, "2011-12-31T00:00+14:00", "2012-01-01T00:00+14:00", id="the day after the one that never was",
        ),
        pytest.param(
            "America/St_Johns", "2009-11-01T00:00:30-02:30",
            20091101, "2009-11-01T00:00-02:30", "2009-11-01T00:01-02:30", id="a minute of Sunday",
        ),
        pytest.param(
            "America/St_Johns", "2009-10-31T23:30-03:30",
            20091031, "2009-11-01T00:01-02:30", "2009-11-01T00:00-03:30", id="and then Saturday again",
        ),
    ],
)  # fmt: skip
def test_a_day_is_the_run_of_instants_that_share_a_local_date(zone, at, day, starts, ends):
    assert Calendar(zone, DAILY).day(instant(at)) == (day, instant(starts), instant(ends))


@given(ZONES | ODD_ZONES, INSTANTS)
@settings(deadline=None, max_examples=300)
def test_a_day_holds_one_local_date_and_ends_where_another_begins(zone, at):
    calendar = Calendar(zone, DAILY)
    day, starts_at, ends_at = calendar.day(at)
    assert starts_at <= at < ends_at
    for inside in (starts_at, at, (starts_at + ends_at) // 2, ends_at - 1):
        assert calendar.local_date(inside) == yyyymmdd(on_the_wall(zone, inside)) == day
        assert Calendar(zone, DAILY).day(inside) == (day, starts_at, ends_at)
    assert calendar.local_date(starts_at - 1) != day
    assert calendar.local_date(ends_at) != day


@given(ZONES | ODD_ZONES, st.dates(date(1990, 1, 1), date(2037, 12, 31)))
@settings(deadline=None)
def test_a_day_starts_at_midnight_on_the_wall(zone, day):
    starts_at = Calendar(zone, DAILY).start_of_day(yyyymmdd(day))
    assert starts_at == (datetime.combine(day, time(), ZoneInfo(zone)) - EPOCH) // timedelta(microseconds=1)


@given(ZONES | ODD_ZONES, st.integers(631_152_000, 2_145_916_800))
@settings(deadline=None)
def test_the_time_of_day_is_what_the_clock_on_the_wall_shows(zone, seconds):
    at = seconds * 1_000_000
    assert Calendar(zone, DAILY).time_of_day(at) == on_the_wall(zone, at).time()


@pytest.mark.parametrize(
    ("earned", "months_later", "expected"),
    [
        (20240115, 0, 20240131),
        (20240131, 1, 20240229),
        (20230131, 1, 20230228),
        (20231231, 12, 20241231),
        (20240229, 12, 20250228),
        (20230228, 12, 20240229),
        (20240301, 10, 20250131),
        (20240131, -1, 20231231),
        (19990215, 12, 20000229),
        (20990215, 12, 21000228),
    ],
)
def test_a_lot_expires_at_the_end_of_the_month(earned, months_later, expected):
    assert month_end(earned, months_later) == expected


@given(DATES, st.integers(0, 240))
@settings(deadline=None)
def test_a_month_ends_the_day_before_the_next_one_starts(day, months_later):
    end = month_end(yyyymmdd(day), months_later)
    after = next_day(end)
    assert after % 100 == 1
    assert (after // 10_000 * 12 + after // 100 % 100) - (day.year * 12 + day.month) == months_later + 1


@given(DATES)
@settings(deadline=None)
def test_the_next_day_is_one_day_later(day):
    assert next_day(yyyymmdd(day)) == yyyymmdd(day + timedelta(days=1))


@pytest.mark.parametrize("not_a_date", [0, -20240101, 20230229, 20241301, 20240100, 20240431, 10101, 100000101])
@pytest.mark.parametrize(
    "use",
    [next_day, lambda day: month_end(day, 1), Calendar("UTC", DAILY).start_of_day],
    ids=["next_day", "month_end", "start_of_day"],
)
def test_a_number_that_is_no_date_is_refused(not_a_date, use):
    with pytest.raises(NoSuchDate) as error:
        use(not_a_date)
    assert error.value.yyyymmdd == not_a_date


def test_a_month_after_the_last_year_is_refused():
    with pytest.raises(NoSuchDate):
        month_end(20240101, 12 * 8000)


@pytest.mark.parametrize("at", [-(10**18), 10**18])
@pytest.mark.parametrize("method", ["window", "day", "local_date", "time_of_day"])
def test_an_instant_in_the_wrong_unit_is_refused(at, method):
    with pytest.raises(InstantOutOfRange) as error:
        getattr(Calendar("Europe/Berlin", MONTHLY), method)(at)
    assert error.value.instant == at


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago", "UTC"])
@pytest.mark.parametrize("at", ["0003-01-01T00:00+00:00", "9998-12-31T23:59:59+00:00"])
def test_the_first_and_last_years_have_windows(zone, at):
    opens_at, closes_at = Calendar(zone, MONTHLY).window(instant(at))
    assert opens_at <= instant(at) < closes_at
