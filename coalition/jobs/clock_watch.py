"""Whether the machine's clock can be believed: what can't be undone waits while it seems to have jumped.

Each minute a worker writes down the time, and how long the machine has been running by then. A later time is
believed if the machine can have lived through what lies between: on the same start of the machine, as long as it has
been running since; after another start, up to OFF_MAX, for which a machine may be switched off. On PostgreSQL the
database's own clock has to agree too. What is not believed waits until the clock is back, or somebody confirms it.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select, text, update

from coalition.errors import CoalitionError
from coalition.jobs.store import SECOND
from coalition.jobs.tables import clock_sightings
from coalition.locale.messages import N_

HOUR = 3600 * SECOND
JUMP_MAX = 36 * HOUR
"""How far the clock may run ahead of what the machine has lived through: a clock set wrong by a day, or a time zone."""
OFF_MAX = 60 * 24 * HOUR
"""How long a machine may have been switched off without anybody having to confirm the time."""
_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")

_SEE = text(
    "INSERT INTO clock_sightings (alliance_id, seen_at, boot, uptime) VALUES (:alliance_id, :seen_at, :boot, :uptime) "
    "ON CONFLICT (alliance_id) DO UPDATE SET seen_at = excluded.seen_at, boot = excluded.boot, "
    "uptime = excluded.uptime, warned_at = NULL"
)


class Uptime(NamedTuple):
    """Which start of the machine this is (empty where that can't be told), and for how many microseconds it runs."""

    boot: str
    micros: int


class ClockJumped(CoalitionError):
    """The machine's clock is so far ahead of when it was last seen that what can't be undone waits."""

    code = "clock_jumped"
    status = HTTPStatus.CONFLICT
    title = N_("The clock jumped")
    remedy = N_("Set the server's clock right, or confirm the time if it is right.")
    detail = N_(
        "The server's clock went {hours} hours ahead, which the machine can't have lived through. Set it right; if it "
        "is right, confirm it with `coalition alliance confirm-clock`. Until then nothing expires and no window closes."
    )
    hours: int


def machine_uptime() -> Uptime:
    """Of this machine, time asleep included where the system counts it."""
    boot = ""
    with suppress(OSError):
        boot = _BOOT_ID.read_text(encoding="ascii").strip()
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return Uptime(boot, time.clock_gettime_ns(clock) // 1000)


def check_clock(connection: Connection, alliance_id: int, now: int, uptime: Uptime) -> None:
    """Raises ClockJumped where `now`, by the machine's clock, is not to be believed."""
    sighting = _sighting(connection, alliance_id)
    if sighting is None:
        return
    gap = now - sighting.seen_at
    if gap <= JUMP_MAX:
        return
    same_start = uptime.boot and uptime.boot == sighting.boot
    allowed = uptime.micros - sighting.uptime + JUMP_MAX if same_start else OFF_MAX
    if gap > allowed or now - _database_clock(connection, now) > JUMP_MAX:
        raise ClockJumped(gap // HOUR)


def see_clock(connection: Connection, alliance_id: int, now: int, uptime: Uptime) -> None:
    """Write down the time, which was checked or is confirmed."""
    values = {"alliance_id": alliance_id, "seen_at": now, "boot": uptime.boot, "uptime": uptime.micros}
    connection.execute(_SEE, values)


def seen_at(connection: Connection, alliance_id: int) -> int | None:
    """When the clock was last seen right; None where no worker has looked yet."""
    sighting = _sighting(connection, alliance_id)
    return None if sighting is None else sighting.seen_at


def take_warning(connection: Connection, alliance_id: int, now: int) -> bool:
    """Whether to warn people that the clock jumped: once for each jump."""
    taken = connection.execute(
        update(clock_sightings)
        .where(clock_sightings.c.alliance_id == alliance_id, clock_sightings.c.warned_at.is_(None))
        .values(warned_at=now)
    )
    return taken.rowcount == 1


UptimeOf = Callable[[], Uptime]


class _Sighting(NamedTuple):
    seen_at: int
    boot: str
    uptime: int


def _sighting(connection: Connection, alliance_id: int) -> _Sighting | None:
    columns = clock_sightings.c
    query = select(columns.seen_at, columns.boot, columns.uptime).where(columns.alliance_id == alliance_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _Sighting(*row)


def _database_clock(connection: Connection, now: int) -> int:
    """The time by the database's server; SQLite has none but this machine's."""
    if connection.dialect.name == "sqlite":
        return now
    sql = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000000)::bigint"
    return int(connection.execute(text(sql)).scalar_one())
