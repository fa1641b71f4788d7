"""What one person or key does alone, summed up: reserved before it is done, under a lock on that person's row."""

from collections.abc import Mapping

from sqlalchemy import Connection, delete, func, insert, select, text

from coalition.access.user import DAY
from coalition.approvals.approval import Action
from coalition.approvals.tables import alone_actors, alone_uses

KEPT = 31 * DAY
"""How long a use is kept: longer than any limit looks back, and as long as idempotency keys."""


def reserve(
    connection: Connection,
    alliance_id: int,
    actor: str,
    action: Action,
    minor: int,
    limits: Mapping[str, int],
    key: str,
    now: int,
) -> bool:
    """Count something worth `minor` units to the actor's sum; False where that would be above one of its limits.

    What is reserved under a key counts once, however often it is asked for. Racing requests of one actor wait for
    each other, up to the end of the transaction.
    """
    _lock(connection, alliance_id, actor)
    columns, total = alone_uses.c, action.counts_to
    mine = (columns.alliance_id == alliance_id, columns.actor == actor)
    if connection.execute(select(columns.minor).where(*mine, columns.key == key)).first() is not None:
        return True
    connection.execute(delete(alone_uses).where(*mine, columns.at <= now - KEPT))
    for limit in total.limits:
        since = columns.at > now - limit.length
        used = connection.execute(
            select(func.coalesce(func.sum(columns.minor), 0)).where(*mine, columns.counts_to == total.name, since)
        ).scalar_one()
        # The database's sum of integers may come as a decimal.
        if int(used) + minor > limits[limit.name]:
            return False
    connection.execute(
        insert(alone_uses).values(
            alliance_id=alliance_id,
            actor=actor,
            key=key,
            action=action.name,
            counts_to=total.name,
            at=now,
            minor=minor,
        )
    )
    return True


def release(connection: Connection, alliance_id: int, actor: str, key: str) -> None:
    """Take back what was reserved for something that was then refused."""
    columns = alone_uses.c
    connection.execute(
        delete(alone_uses).where(columns.alliance_id == alliance_id, columns.actor == actor, columns.key == key)
    )


def _lock(connection: Connection, alliance_id: int, actor: str) -> None:
    """Let transactions about this actor run one after the other. The insert makes SQLite's a writer at once."""
    connection.execute(
        text("INSERT INTO alone_actors (alliance_id, actor) VALUES (:alliance_id, :actor) ON CONFLICT DO NOTHING"),
        {"alliance_id": alliance_id, "actor": actor},
    )
    row = (alone_actors.c.alliance_id == alliance_id, alone_actors.c.actor == actor)
    connection.execute(select(alone_actors.c.actor).where(*row).with_for_update())
