"""Move a sandbox's clock ahead. What falls due in between happens at the next run of the jobs."""

from http import HTTPStatus

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.programme.store import set_clock_offset

SECOND = 1_000_000


class NoSandbox(CoalitionError):
    """The clock of a real alliance can't be moved."""

    code = "no_sandbox"
    status = HTTPStatus.CONFLICT
    title = N_("Not a sandbox")
    remedy = N_("Use a sandbox: `coalition serve --sandbox`.")
    detail = N_("The clock of a real alliance can't be moved. `coalition serve --sandbox` has one that can.")


def advance_clock(alliance: Alliance, caller: Caller, seconds: int) -> None:
    """Move the clock `seconds` ahead, never back. Raises NoSandbox."""
    alliance.refresh()
    offset = alliance.programme.clock_offset + seconds * SECOND
    with alliance.database.engine.begin() as connection:
        if not set_clock_offset(connection, alliance.id, offset):
            raise NoSandbox
        record(connection, caller, "alliance.clock", str(seconds))
    alliance.refresh()
