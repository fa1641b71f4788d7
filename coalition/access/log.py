"""The access log: one row for every write by a person or a key, numbered without gaps, never changed."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, and_, func, insert, select

from coalition.access.caller import Caller, Role
from coalition.access.tables import access_log
from coalition.clock import system_clock
from coalition.programme.tables import programmes
from settlement.ledger import Database

Detail = str | int | bool | None


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The id of the request being handled, and its time in microseconds since 1970 UTC."""

    request_id: str
    at: int


current_request: ContextVar[RequestContext | None] = ContextVar("current_request", default=None)
"""The request being handled; None outside of requests."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A row of the log. `actor` is the id of the caller (key, user or member), `target` the thing that was changed."""

    seq: int
    at: int
    actor: str
    role: Role
    action: str
    target: str
    details: Mapping[str, Detail]
    request_id: str | None


def record_separately(
    database: Database,
    caller: Caller,
    action: str,
    target: str,
    details: Mapping[str, Detail] | None = None,
) -> None:
    """`record` in a transaction of its own, for use cases that commit by themselves.

    The row is missing only if the process died between the two commits.
    """
    with database.engine.begin() as connection:
        record(connection, caller, action, target, details)


def record(
    connection: Connection, caller: Caller, action: str, target: str, details: Mapping[str, Detail] | None = None
) -> None:
    """Log that a caller changed `target`, in the transaction of the change.

    Call it last in the transaction: it locks the alliance's log.
    """
    request = current_request.get()
    # Rows are numbered under a lock, so a reader who sees one row has all rows before it. SQLite has only one
    # writer anyway.
    connection.execute(
        select(programmes.c.alliance_id).where(programmes.c.alliance_id == caller.alliance_id).with_for_update()
    )
    # Asked for by itself: a table that is distributed over nodes takes no query among the values of a row.
    mine = access_log.c.alliance_id == caller.alliance_id
    last: int | None = connection.execute(select(func.max(access_log.c.seq)).where(mine)).scalar()
    connection.execute(
        insert(access_log).values(
            alliance_id=caller.alliance_id,
            seq=(last or 0) + 1,
            at=system_clock() if request is None else request.at,
            who=caller.id,
            role=caller.role.value,
            action=action,
            target=target,
            details=json.dumps(details or {}, ensure_ascii=False, sort_keys=True),
            request_id=None if request is None else request.request_id,
        )
    )


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters on rows of the log; None means any. Times are half open: `since` ≤ at < `until`."""

    actor: str | None = None
    action: str | None = None
    target: str | None = None
    since: int | None = None
    until: int | None = None


def list_log_entries(
    connection: Connection, alliance_id: int, filters: Filters, before: int | None, limit: int
) -> list[LogEntry]:
    """At most `limit` rows of an alliance's log, newest first; with `before`, only rows with smaller numbers."""
    columns = access_log.c
    conditions = [columns.alliance_id == alliance_id]
    for column, wanted in (
        (columns.who, filters.actor),
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


def _entry(row: RowMapping) -> LogEntry:
    return LogEntry(
        row["seq"],
        row["at"],
        row["who"],
        Role(row["role"]),
        row["action"],
        row["target"],
        json.loads(row["details"]),
        row["request_id"],
    )
