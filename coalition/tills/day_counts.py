"""What tills and shops have booked today, counted in memory, and written and read again now and then: no sale waits.

Each process counts what it lets through, and writes it down every FLUSH_SECONDS. One process lets nothing through
above a limit, and several at most one limit each. What a process that is killed had not written yet is not counted.
Where an alliance has set no limit, nothing is counted.
"""

import asyncio
import threading
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

from sqlalchemy import delete, select, text

from coalition.access.caller import Caller, Role
from coalition.alliance import Alliance
from coalition.fresh import Fresh
from coalition.tills.errors import ShopLimitReached, TillLimitReached
from coalition.tills.tables import day_counts, tills
from coalition.tills.till_rules import DayLimit, find_till_rules
from settlement import date_of, day_number

FLUSH_SECONDS = 10.0
"""How long what was counted stays in memory alone, and how long a process goes by what it read of the others."""
LIMITED = frozenset({Role.TILL, Role.CASHIER})
"""Who needs a manager above the limit."""
KEPT_DAYS = 7
_ADD = text(
    "INSERT INTO day_counts (alliance_id, subject, day, sales, minor, points) "
    "VALUES (:alliance_id, :subject, :day, :sales, :minor, :points) "
    "ON CONFLICT (alliance_id, subject, day) DO UPDATE SET sales = day_counts.sales + excluded.sales, "
    "minor = day_counts.minor + excluded.minor, points = day_counts.points + excluded.points"
)


class Booked(NamedTuple):
    """Sales, what they come to in minor units, and the points that paid."""

    sales: int = 0
    minor: int = 0
    points: int = 0

    def plus(self, other: "Booked") -> "Booked":
        """Both together."""
        return Booked(*(mine + more for mine, more in zip(self, other, strict=True)))

    def negative(self) -> "Booked":
        """What takes it back."""
        return Booked(*(-each for each in self))


class DayLimited(NamedTuple):
    """A till or a shop on a day, and what it may book."""

    subject: str
    day: int
    limit: DayLimit
    error: type[TillLimitReached | ShopLimitReached]


class Counted(NamedTuple):
    """A sale as it was counted: for whom, and how much."""

    limited: Sequence[DayLimited] = ()
    booked: Booked = Booked()


NOT_COUNTED = Counted()


class _Day:
    """What is known of a till or a shop on a day: as it was read, what came since, and what is not written yet."""

    def __init__(self, read: Fresh[Booked], *, is_lifted: bool) -> None:
        self.read = read
        self.is_lifted = is_lifted
        self.since = Booked()
        self.unwritten = Booked()


class DayCounts:
    """The counts of one alliance in this process. Threads may share it."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._limits: Fresh[tuple[DayLimit | None, DayLimit | None]] | None = None
        self._days: dict[tuple[str, int], _Day] = {}
        self._lock = threading.Lock()
        self._syncing = threading.RLock()
        self._flushed = Fresh(None, FLUSH_SECONDS)

    def close(self) -> None:
        """Write what was counted."""
        self.flush()

    async def limited(self, caller: Caller, shop: str) -> Sequence[DayLimited]:
        """The limits that a sale of a caller counts to."""
        limits = self._limits
        if limits is None or not limits.is_fresh:
            limits = self._limits = await asyncio.to_thread(self._read_limits)
        till, shops = limits.value
        if (till is None and shops is None) or caller.role not in LIMITED:
            return ()
        today, limited = self._alliance.today, []
        if till is not None and caller.till:
            limited.append(DayLimited(f"till:{caller.till}", today, till, TillLimitReached))
        if shops is not None:
            limited.append(DayLimited(f"shop:{shop}", today, shops, ShopLimitReached))
        return limited

    async def take(self, limited: Sequence[DayLimited], more: Booked) -> Counted:
        """Count a sale. Raises TillLimitReached and ShopLimitReached, by what all processes have written."""
        if not all(self._is_known(each) for each in limited):
            await asyncio.to_thread(self._sync, limited)
        try:
            return self._take(limited, more)
        except (TillLimitReached, ShopLimitReached):
            # A manager may have lifted it just now.
            await asyncio.to_thread(self._sync, limited, anew=True)
            return self._take(limited, more)

    def settle(self, counted: Counted, points_spent: int) -> None:
        """Count the points that a sale has spent, instead of those that it asked for."""
        if counted.limited:
            self._add(counted.limited, Booked(points=points_spent - counted.booked.points))

    def give_back(self, counted: Counted) -> None:
        """Count a sale no more."""
        self._add(counted.limited, counted.booked.negative())

    def _add(self, limited: Sequence[DayLimited], more: Booked) -> None:
        """Count what a sale came to beside what was counted before; less than nothing for what was not booked."""
        with self._lock:
            for each in limited:
                day = self._days[each.subject, each.day]
                day.since, day.unwritten = day.since.plus(more), day.unwritten.plus(more)

    def flush(self) -> None:
        """Write what this process counted. Raises DatabaseUnusable, and keeps it then."""
        with self._syncing:
            with self._lock:
                written = {key: day.unwritten for key, day in self._days.items() if any(day.unwritten)}
                for key in written:
                    self._days[key].unwritten = Booked()
            try:
                if written:
                    self._write(written)
            except BaseException:
                with self._lock:
                    for key, booked in written.items():
                        self._days[key].unwritten = self._days[key].unwritten.plus(booked)
                raise
            self._flushed = Fresh(None, FLUSH_SECONDS)

    def _is_known(self, each: DayLimited) -> bool:
        day = self._days.get((each.subject, each.day))
        return day is not None and day.read.is_fresh and self._flushed.is_fresh

    def _take(self, limited: Sequence[DayLimited], more: Booked) -> Counted:
        with self._lock:
            days = [self._days[each.subject, each.day] for each in limited]
            for each, day in zip(limited, days, strict=True):
                if not day.is_lifted:
                    _check(each, day.read.value.plus(day.since), more)
            for day in days:
                day.since, day.unwritten = day.since.plus(more), day.unwritten.plus(more)
        return Counted(limited, more)

    def _sync(self, limited: Sequence[DayLimited], *, anew: bool = False) -> None:
        """Write what this process counted, and read what all did. One thread at a time does so."""
        with self._syncing:
            if not anew and all(self._is_known(each) for each in limited):
                return
            self.flush()
            for each in limited:
                read, is_lifted = self._read(each)
                with self._lock:
                    day = self._days.setdefault((each.subject, each.day), _Day(read, is_lifted=is_lifted))
                    # What is written by now is in what was read.
                    day.read, day.is_lifted, day.since = read, is_lifted, day.unwritten

    def _read(self, each: DayLimited) -> tuple[Fresh[Booked], bool]:
        columns, alliance_id = day_counts.c, self._alliance.id
        with self._alliance.database.engine.connect() as connection:
            row = connection.execute(
                select(columns.sales, columns.minor, columns.points).where(
                    columns.alliance_id == alliance_id, columns.subject == each.subject, columns.day == each.day
                )
            ).one_or_none()
            till = each.subject.removeprefix("till:")
            lifted_on = connection.execute(
                select(tills.c.lifted_on).where(tills.c.alliance_id == alliance_id, tills.c.id == till)
            ).scalar_one_or_none()
        return Fresh(Booked() if row is None else Booked(*row), FLUSH_SECONDS), lifted_on == each.day

    def _read_limits(self) -> Fresh[tuple[DayLimit | None, DayLimit | None]]:
        """Those of tills and of shops, as far as there are any."""
        with self._alliance.database.engine.connect() as connection:
            rules = find_till_rules(connection, self._alliance.id)
        return Fresh((rules.till if rules.till.is_set else None, rules.shop if rules.shop.is_set else None))

    def forget(self) -> None:
        """Read the limits again: they were changed."""
        self._limits = None

    def _write(self, written: dict[tuple[str, int], Booked]) -> None:
        rows = [
            {"alliance_id": self._alliance.id, "subject": subject, "day": day, **booked._asdict()}
            for (subject, day), booked in sorted(written.items())
        ]
        newest = max(day for _, day in written)
        over = day_number(date_of(newest) - timedelta(days=KEPT_DAYS))
        with self._alliance.database.engine.begin() as connection:
            connection.execute(_ADD, rows)
            connection.execute(
                delete(day_counts).where(day_counts.c.alliance_id == self._alliance.id, day_counts.c.day < over)
            )
        with self._lock:
            for key in [key for key in self._days if key[1] < over]:
                del self._days[key]


def _check(each: DayLimited, booked: Booked, more: Booked) -> None:
    after = booked.plus(more)
    for name, value, most in zip(
        Booked._fields, after, (each.limit.sales, each.limit.minor, each.limit.points), strict=True
    ):
        if most is not None and value > most:
            raise each.error(name, most)


def day_counts_of(alliance: Alliance) -> DayCounts:
    """The counts of an alliance in this process."""
    return alliance.part(DayCounts)
