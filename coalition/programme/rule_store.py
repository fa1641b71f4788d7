"""Rules in versions, in whatever table has them: each row a version of a rule of an alliance."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Table, func, insert, select


def versions_in(table: Table, connection: Connection, alliance_id: int, rule: str | None = None) -> Sequence[Row[Any]]:
    """All versions, or those of one rule, by rule and version."""
    query = select(table).where(table.c.alliance_id == alliance_id)
    if rule is not None:
        query = query.where(table.c.rule == rule)
    return connection.execute(query.order_by(table.c.rule, table.c.version)).all()


def add_next(table: Table, connection: Connection, alliance_id: int, rule: str, **values: object) -> int:
    """Add the next version of a rule; returns its number. Raises IntegrityError where another one did meanwhile."""
    mine = table.c.alliance_id == alliance_id, table.c.rule == rule
    latest = connection.execute(select(func.max(table.c.version)).where(*mine)).scalar_one()
    version = int(latest or 0) + 1
    connection.execute(insert(table).values(alliance_id=alliance_id, rule=rule, version=version, **values))
    return version
