"""Limits of what points may pay for, in the database."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Connection, update

from coalition.programme.rule_store import add_next, versions_in
from coalition.programme.tables import spend_limits
from coalition.spending.limit_kinds import StoredLimit, encode_limit
from coalition.spending.spend_limits import LimitTerms, LimitVersion


class AddedLimit(NamedTuple):
    """A version, and who added it."""

    version: LimitVersion
    created_by: str


def limit_versions(connection: Connection, alliance_id: int, rule: str | None = None) -> list[AddedLimit]:
    """All versions, or those of one limit, by name and version."""
    return [
        AddedLimit(
            StoredLimit(row.rule, row.version, row.terms, row.starts_at, row.ended_at).decode(),
            row.created_by,
        )
        for row in versions_in(spend_limits, connection, alliance_id, rule)
    ]


def add_version(
    connection: Connection, alliance_id: int, rule: str, terms: LimitTerms, starts_at: int, by: str
) -> LimitVersion:
    """Add the next version of a limit. Raises IntegrityError where another one did meanwhile."""
    values = {"terms": encode_limit(terms), "starts_at": starts_at, "created_by": by}
    return LimitVersion(rule, add_next(spend_limits, connection, alliance_id, rule, **values), terms, starts_at)


def end_versions(connection: Connection, alliance_id: int, rule: str, at: int) -> Sequence[AddedLimit]:
    """Let a limit hold no more from an instant on (microseconds since 1970 UTC); returns its versions."""
    columns = spend_limits.c
    running = columns.alliance_id == alliance_id, columns.rule == rule, columns.ended_at.is_(None)
    connection.execute(update(spend_limits).where(*running).values(ended_at=at))
    return limit_versions(connection, alliance_id, rule)
