"""Close a window by hand, before the server does it by itself."""

from contextlib import closing

from coalition.access.caller import Caller
from coalition.access.log import record_separately
from coalition.alliance import Alliance
from coalition.ids import window_id
from coalition.jobs.clock_watch import check_clock, machine_uptime
from coalition.windows.find_window import SettlementWindow, find_window
from settlement import clearing


def close_window(alliance: Alliance, caller: Caller, opens_at: int) -> SettlementWindow:
    """Compute and post a window's nets for good; closing it again changes nothing.

    Raises WindowNotOver, EarlierWindowOpen and ClockJumped.
    """
    with alliance.database.engine.connect() as connection:
        check_clock(connection, alliance.id, alliance.machine_clock(), machine_uptime())
    with closing(alliance.database.session()) as session:
        clearing.close_window(alliance.book, session, opens_at)
    record_separately(alliance.database, caller, "window.close", window_id(opens_at))
    return find_window(alliance, opens_at)
