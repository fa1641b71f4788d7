"""Cut-offs and local dates: from a wall clock in the alliance's own time zone to instants, and back.

An instant is an integer: microseconds since 1970-01-01 00:00 UTC. A local date is an integer yyyymmdd. A wall
time that a clock change skips or repeats is read as on the clock before the change (fold=0 of PEP 495). When an
alliance changes its time zone, its clock changes too: a new era begins, and the same rule holds.
"""

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

from settlement.errors import CutoffInvalid, InstantOutOfRange, NoSuchDate, UnknownTimeZone
from settlement.sentences import Phrase

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_DAY = timedelta(days=1) // _MICROSECOND
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

EARLIEST = date(1970, 1, 1)
"""No purchase, payment or point is older: whatever has an earlier date has a slip in it."""

FOREVER_AGO = -(2**62)
"""Before any instant: where the first era and the first terms begin, and until when a new book is closed."""

# A year of room at both ends of what datetime can hold, so that no neighbouring cut-off falls outside it.
_YEARS = range(2, 9999)
_FIRST = (datetime(_YEARS.start, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND
_LAST = (datetime(_YEARS.stop, 1, 1, tzinfo=UTC) - _EPOCH) // _MICROSECOND - 1


@dataclass(frozen=True, slots=True)
class Cutoff:
    """When a window closes, `at` local time: each day, `weekday` (0 = Monday) or `day` of the month.

    In a month without that `day` the cut-off falls on its last day. Raises CutoffInvalid.
    """

    every: Literal["daily", "weekly", "monthly"]
    weekday: int = 0
    day: int = 1
    at: time = time.min

    def __post_init__(self) -> None:
        if self.every not in ("daily", "weekly", "monthly"):
            raise CutoffInvalid("every", self.every, Phrase("daily, weekly or monthly"))
        if self.weekday not in range(7):
            raise CutoffInvalid("weekday", self.weekday, Phrase("0 (Monday) to 6 (Sunday)"))
        if self.day not in range(1, 32):
            raise CutoffInvalid("day", self.day, Phrase("{least} to {most}", least=1, most=31))
        if self.at.tzinfo is not None:
            raise CutoffInvalid("at", self.at, Phrase("a local time without an offset"))

    def dates_around(self, today: date) -> list[date]:
        """Cut-off dates in order: the last one up to `today`, two before it and two after it."""
        steps = range(-2, 3)
        if self.every == "daily":
            return [today + timedelta(days=step) for step in steps]
        if self.every == "weekly":
            latest = today - timedelta(days=(today.weekday() - self.weekday) % 7)
            return [latest + timedelta(weeks=step) for step in steps]
        months = [divmod(today.year * 12 + today.month - 1 + step, 12) for step in steps]
        return [date(y, m + 1, min(self.day, monthrange(y, m + 1)[1])) for y, m in months]


@dataclass(frozen=True, slots=True)
class Calendar:
    """The cut-offs and local dates of a time zone (an IANA name), from `starts_at` on. Raises UnknownTimeZone.

    What was agreed on before is the calendar `before`, and holds for instants before `starts_at`: eras, the newest
    first. An era's last window ends where the next era begins, so windows tile time whatever is agreed on.

    Each method is a pure function of its arguments. The last window and the last day are remembered, since
    most instants fall into the same one. A memo is one tuple, replaced whole: threads may share a calendar.
    """

    zone: str
    cutoff: Cutoff
    starts_at: int = FOREVER_AGO
    before: "Calendar | None" = None
    _tz: ZoneInfo = field(init=False, repr=False, compare=False)
    _last_window: tuple[int, int] = field(init=False, repr=False, compare=False, default=(0, 0))
    _last_day: tuple[int, int, int] = field(init=False, repr=False, compare=False, default=(0, 0, 0))

    def __post_init__(self) -> None:
        if self.zone not in _zone_names():
            raise UnknownTimeZone(self.zone)
        object.__setattr__(self, "_tz", ZoneInfo(self.zone))

    def then(self, starts_at: int, zone: str, cutoff: Cutoff) -> "Calendar":
        """The same until an instant that is later than its own start; a new era from there on.

        Raises UnknownTimeZone.
        """
        return Calendar(zone, cutoff, starts_at, self)

    def zone_at(self, instant: int) -> str:
        """The time zone that is in effect at an instant."""
        if self.before is not None and instant < self.starts_at:
            return self.before.zone_at(instant)
        return self.zone

    def window(self, instant: int) -> tuple[int, int]:
        """The window of an instant: (opens_at, closes_at), half open. Raises InstantOutOfRange.

        Windows lie between neighbouring cut-offs, so they tile time without gap or overlap; and where a zone
        skips a whole day, so that two cut-offs coincide, there is no empty window between them.
        """
        opens_at, closes_at = self._last_window
        if opens_at <= instant < closes_at:
            return opens_at, closes_at
        if self.before is not None and instant < self.starts_at:
            opens_at, closes_at = self.before.window(instant)
            window = opens_at, min(closes_at, self.starts_at)
        else:
            today = _date_of_clock(self._clock(instant))
            # No clock change is longer than a day, so two dates either side are sure to hold both neighbours.
            cuts = [self._wall(datetime.combine(on, self.cutoff.at)) for on in self.cutoff.dates_around(today)]
            opens_at = max(self.starts_at, *(cut for cut in cuts if cut <= instant))
            window = opens_at, min(cut for cut in cuts if cut > instant)
        object.__setattr__(self, "_last_window", window)
        return window

    def day(self, instant: int) -> tuple[int, int, int]:
        """The local date of an instant, and the longest run of instants around it that share that date and its era.

        Returns (yyyymmdd, starts_at, ends_at), half open: 23, 24 or 25 hours as a rule. Where the clock goes
        back over midnight (St John's until 2011, from 00:01 to 23:01) two dates have two runs each.
        Raises InstantOutOfRange.
        """
        known = self._last_day
        if known[1] <= instant < known[2]:
            return known
        if self.before is not None and instant < self.starts_at:
            date_, starts_at, ends_at = self.before.day(instant)
            today = date_, starts_at, min(ends_at, self.starts_at)
        else:
            date_ = day_number(_date_of_clock(self._clock(instant)))
            today = date_, max(self._starts_at(instant), self.starts_at), self._ends_at(instant)
        object.__setattr__(self, "_last_day", today)
        return today

    def local_date(self, instant: int) -> int:
        """The date that a calendar on the wall shows, as yyyymmdd. Raises InstantOutOfRange."""
        if self.before is not None and instant < self.starts_at:
            return self.before.local_date(instant)
        return day_number(_date_of_clock(self._clock(instant)))

    def time_of_day(self, instant: int) -> time:
        """What the clock on the wall shows, without its date. Raises InstantOutOfRange."""
        if self.before is not None and instant < self.starts_at:
            return self.before.time_of_day(instant)
        return (_EPOCH + timedelta(microseconds=self._clock(instant))).time()

    def start_of_day(self, yyyymmdd: int) -> int:
        """The instant of 00:00 local on a date. Raises NoSuchDate.

        Where a new time zone skips that moment, the date begins with the new era.
        """
        midnight = datetime.combine(_date(yyyymmdd), time.min)
        if self.before is not None:
            earlier = self.before.start_of_day(yyyymmdd)
            if earlier < self.starts_at:
                return earlier
        return max(self._wall(midnight), self.starts_at)

    def end_of_day(self, yyyymmdd: int) -> int:
        """The instant at which a date ends: 00:00 local of the next. Raises NoSuchDate."""
        return self.start_of_day(next_day(yyyymmdd))

    def wall(self, moment: datetime) -> int:
        """The instant of a naive wall time on the alliance's clock; a `moment` with an offset of its own keeps it."""
        if self.before is None or moment.tzinfo is not None:
            return self._wall(moment)
        instants = self.instants_of(moment)
        if instants:
            return min(instants)
        earlier, later = self.before.wall(moment), self._wall(moment)
        return earlier if earlier < self.starts_at or later < self.starts_at else later

    def wall_clock(self, moment: datetime) -> datetime:
        """What the clock on the wall shows at a moment; a naive one is what it shows."""
        if moment.tzinfo is None:
            return moment
        if self.before is not None and self._wall(moment) < self.starts_at:
            return self.before.wall_clock(moment)
        return moment.astimezone(self._tz).replace(tzinfo=None, fold=0)

    def repeated(self, wall: datetime) -> timedelta:
        """By how much the clock is set back after it has shown this naive time, which it then shows again; else 0."""
        instants = self.instants_of(wall)
        return (max(instants) - min(instants)) * _MICROSECOND if instants else timedelta(0)

    def instants_of(self, wall: datetime) -> set[int]:
        """The instants at which the clock on the wall shows a naive time: none, one, or more where it is set back."""
        clock = (wall.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
        read = {self._wall(wall.replace(tzinfo=self._tz, fold=fold)) for fold in (0, 1)}
        instants = {at for at in read if at >= self.starts_at and self._clock(at) == clock}
        if self.before is not None:
            instants |= {at for at in self.before.instants_of(wall) if at < self.starts_at}
        return instants

    def _wall(self, moment: datetime) -> int:
        """The instant of a naive wall time on this era's clock."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=self._tz, fold=0)
        return (moment - _EPOCH) // _MICROSECOND

    def _clock(self, instant: int) -> int:
        """What this era's clock shows, in microseconds since 1970-01-01 00:00 on that clock."""
        if not _FIRST <= instant <= _LAST:
            raise InstantOutOfRange(instant)
        local = (_EPOCH + timedelta(microseconds=instant)).astimezone(self._tz)
        return (local.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND

    def _offset(self, instant: int) -> int:
        """How far the clock on the wall is ahead of UTC, in microseconds."""
        return self._clock(instant) - instant

    def _starts_at(self, instant: int) -> int:
        """Since when the clock on the wall has shown the date that it shows at `instant`."""
        clock = self._clock(instant)
        start = instant - clock % _DAY
        if self._offset(start) != clock - instant:
            start = self._change(start, instant)
        same_date_before = self._clock(start - 1) // _DAY == clock // _DAY
        return self._starts_at(start - 1) if same_date_before else start

    def _ends_at(self, instant: int) -> int:
        """Until when the clock on the wall shows the date that it shows at `instant`."""
        clock = self._clock(instant)
        end = instant - clock % _DAY + _DAY
        if self._offset(end - 1) != clock - instant:
            end = self._change(instant, end - 1)
        same_date_after = self._clock(end) // _DAY == clock // _DAY
        return self._ends_at(end) if same_date_after else end

    def _change(self, before: int, after: int) -> int:
        """The first instant of the new offset, given instants before and after one clock change."""
        old = self._offset(before)
        while after - before > 1:
            middle = (before + after) // 2
            if self._offset(middle) == old:
                before = middle
            else:
                after = middle
        return after


def day_number(day: date) -> int:
    """A date as yyyymmdd."""
    return day.year * 10_000 + day.month * 100 + day.day


def date_of(yyyymmdd: int) -> date:
    """The date of a number that is one. Raises ValueError for another."""
    return date(yyyymmdd // 10_000, yyyymmdd // 100 % 100, yyyymmdd % 100)


def written_date(text: str, earliest: date | None = None) -> date:
    """The date that a text states as YYYY-MM-DD. Raises ValueError with a Phrase.

    Python's own reader also takes 20260601 and 2026-W23-1, which stand for a slip more often than for a date.
    """
    try:
        day = date.fromisoformat(text) if _WRITTEN.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError(Phrase("{text:name} is not a date; write YYYY-MM-DD", text=text))
    if earliest is not None and day < earliest:
        raise ValueError(
            Phrase("{text:name} lies before {earliest}; check the date", text=text, earliest=earliest.isoformat())
        )
    return day


def date_text(yyyymmdd: int) -> str:
    """A date (yyyymmdd) for machines: 2026-06-01."""
    return date_of(yyyymmdd).isoformat()


@lru_cache(maxsize=4096)
def month_end(yyyymmdd: int, months_later: int) -> int:
    """The last day of the month that lies `months_later` after the month of a date. Raises NoSuchDate."""
    start = _date(yyyymmdd)
    year, month = divmod(start.year * 12 + start.month - 1 + months_later, 12)
    if year not in _YEARS:
        raise NoSuchDate(year * 10_000 + (month + 1) * 100 + 1)
    return year * 10_000 + (month + 1) * 100 + monthrange(year, month + 1)[1]


def next_day(yyyymmdd: int) -> int:
    """The date after a date. Raises NoSuchDate."""
    return day_number(_date(yyyymmdd) + timedelta(days=1))


@cache
def _zone_names() -> frozenset[str]:
    """The IANA names. "localtime" is whatever this machine was set to, and "Factory" means not set at all."""
    return frozenset(available_timezones() - {"localtime", "Factory"})


def _date_of_clock(clock: int) -> date:
    return date.fromordinal(_EPOCH.toordinal() + clock // _DAY)


def _date(yyyymmdd: int) -> date:
    try:
        day = date_of(yyyymmdd)
    except ValueError:
        raise NoSuchDate(yyyymmdd) from None
    if day.year not in _YEARS:
        raise NoSuchDate(yyyymmdd)
    return day
