"""Confirm that the server's clock is right although it went ahead, so that what waits for it goes on."""

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.jobs.clock_watch import machine_uptime, see_clock


def confirm_clock(alliance: Alliance, caller: Caller) -> int:
    """Believe the machine's clock as it stands now, in microseconds since 1970 UTC, which is returned."""
    now = alliance.machine_clock()
    with alliance.database.engine.begin() as connection:
        see_clock(connection, alliance.id, now, machine_uptime())
        record(connection, caller, "clock.confirm", "", {"at": now})
    return now
