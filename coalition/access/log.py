"""The log of who did what: one row for every write that people make, numbered without gaps, never changed."""

import json
import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, and_, func, insert, select

from coalition.access.caller import Caller, Role
from coalition.access.tables import access_log
from coalition.programme.tables import programmes
from settlement.ledger import Database

Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Occasion:
    """The request in which something happens, and its time in microseconds since 1970 UTC."""

    request_id: str
    at: int


occasion: ContextVar[Occasion | None] = ContextVar("occasion", default=None)
"""The request that this code runs for; None outside of one."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A row of the log. `who` names the key, the user or the member, `target` what it was done to."""

    seq: int
    at: int
    who: str
    role: Role
    action: str
    target: str
    details: Mapping[str, Detail]
    request_id: str | None


def record_alone(
    database: Database,
    who: Caller,
    action: str,
    target: str,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """The same, right after a use case that commits by itself: the log may lack it only where the process died."""
    with database.engine.begin() as connection:
        record(connection, who, action, target, details)


def record(
    connection: Connection, who: Caller, action: str, target: str, details: Mapping[str, Detail] | None = None
) -> None:
    """Log that a caller did something to `target`, in the transaction that does it; best as its last statement."""
    now = occasion.get()
    # Rows are numbered under a lock, so that a reader who has seen one has seen all before it. SQLite has but
    # one writer anyway.
    connection.execute(
        select(programmes.c.alliance_id).where(programmes.c.alliance_id == who.alliance_id).with_for_update()
    )
    last = select(func.max(access_log.c.seq)).where(access_log.c.alliance_id == who.alliance_id).scalar_subquery()
    connection.execute(
        insert(access_log).values(
            alliance_id=who.alliance_id,
            seq=func.coalesce(last, 0) + 1,
            at=time.time_ns() // 1000 if now is None else now.at,
            who=who.id,
            role=who.role.value,
            action=action,
            target=target,
            details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
            request_id=None if now is None else now.request_id,
        )
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rows are asked for; None leaves a filter out. Times are half open: `since` ≤ at < `until`."""

    who: str | None = None
    action: str | None = None
    target: str | None = None
    since: int | None = None
    until: int | None = None


def entries(connection: Connection, alliance_id: int, filters: Filters, before: int | None, limit: int) -> list[Entry]:
    """Rows of an alliance's log, the newest first, those before row number `before` where it is given."""
    columns = access_log.c
    conditions = [columns.alliance_id == alliance_id]
    for column, wanted in (
        (columns.who, filters.who),
        (columns.action, filters.action),
        (columns.target, filters.target),
    ):
        if wanted is not None:
            conditions.append(column == wanted)
    if filters.since is not None:
        conditions.append(columns.at >= filters.since)
    if filters.until is not None:
        conditions.append(columns.at < filters.until)
    if before is not None:
        conditions.append(columns.seq < before)
    rows = connection.execute(select(access_log).where(and_(*conditions)).order_by(columns.seq.desc()).limit(limit))
    return [_entry(row) for row in rows.mappings()]


def _entry(row: RowMapping) -> Entry:
    return Entry(
        row["seq"],
        row["at"],
        row["who"],
        Role(row["role"]),
        row["action"],
        row["target"],
        json.loads(row["details"]),
        row["request_id"],
    )
