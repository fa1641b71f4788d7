"""Rename a till, let it go on for a day, or remove it: a removed one sells nothing any more."""

from sqlalchemy import ColumnElement, Connection, update

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.access.session_store import revoke_sessions
from coalition.tills.store import end_shifts, find_till
from coalition.tills.tables import tills
from coalition.tills.till import TillDevice


def rename_till(connection: Connection, caller: Caller, id_: str, name: str) -> TillDevice:
    """Call a till something else. Raises TillUnknown."""
    till = find_till(connection, caller.alliance_id, id_, caller.shop)
    connection.execute(update(tills).where(*_own(caller, till)).values(name=name))
    record(connection, caller, "till.rename", till.id, {"name": name})
    return till._replace(name=name)


def lift_limit(connection: Connection, caller: Caller, id_: str, day: int | None) -> TillDevice:
    """Let a till book more than its limit for the rest of a day (yyyymmdd), or no more. Raises TillUnknown."""
    till = find_till(connection, caller.alliance_id, id_, caller.shop)
    connection.execute(update(tills).where(*_own(caller, till)).values(lifted_on=day))
    record(connection, caller, "till.lift", till.id, {"day": day})
    return till._replace(lifted_on=day)


def revoke_till(connection: Connection, caller: Caller, id_: str, now: int, alliance_now: int) -> None:
    """Remove a till: its sessions end, and it begins no other one. Raises TillUnknown.

    `now` is by the machine's clock, `alliance_now` by the alliance's, which shifts go by.
    """
    till = find_till(connection, caller.alliance_id, id_, caller.shop)
    connection.execute(update(tills).where(*_own(caller, till)).values(revoked_at=now))
    revoke_sessions(connection, caller.alliance_id, till.subject, now)
    end_shifts(connection, caller.alliance_id, alliance_now, till=till.id)
    record(connection, caller, "till.revoke", till.id)


def _own(caller: Caller, till: TillDevice) -> tuple[ColumnElement[bool], ...]:
    return tills.c.alliance_id == caller.alliance_id, tills.c.id == till.id
