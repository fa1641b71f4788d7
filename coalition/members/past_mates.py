"""Whose household a member has left: what they were called then stays readable in what happened until then.

Whoever is erased is forgotten here too, and whoever left learns no later name.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from sqlalchemy import Connection, delete, or_, select, text

from coalition.members.mates import household_members
from coalition.members.member import MemberRecord
from coalition.members.tables import past_mates

_KEEP = text(
    "INSERT INTO past_mates (alliance_id, reader, mate, name, until_at) "
    "VALUES (:alliance_id, :reader, :mate, :name, :until_at) "
    "ON CONFLICT (alliance_id, reader, mate) DO UPDATE SET name = excluded.name, until_at = excluded.until_at"
)


class PastMate(NamedTuple):
    """Somebody with whom points were shared until an instant (microseconds since 1970 UTC), and what they were called.

    `mate` is the id that they had.
    """

    mate: str
    name: str
    until_at: int


def keep_mates(connection: Connection, alliance_id: int, leaving: MemberRecord, now: int) -> None:
    """Keep what somebody who is about to leave their household and the others in it are called, each for the other."""
    if leaving.household is None:
        return
    others = [mate for mate in household_members(connection, alliance_id, leaving.household) if mate.id != leaving.id]
    pairs = [(leaving, mate) for mate in others] + [(mate, leaving) for mate in others]
    rows = [
        {"alliance_id": alliance_id, "reader": reader.id, "mate": mate.id, "name": name, "until_at": now}
        for reader, mate in pairs
        if (name := mate.profile.name)
    ]
    if rows:
        connection.execute(_KEEP, rows)


def past_mates_of(connection: Connection, alliance_id: int, readers: Iterable[str]) -> list[PastMate]:
    """Those with whom a member, under any of these ids, shared points once, the newest parting last."""
    columns = past_mates.c
    rows = connection.execute(
        select(columns.mate, columns.name, columns.until_at)
        .where(columns.alliance_id == alliance_id, columns.reader.in_(sorted(readers)))
        .order_by(columns.until_at)
    )
    return [PastMate(*row) for row in rows]


def forget_mates(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Forget with whom these members shared points, and what they were called."""
    columns = past_mates.c
    concerned = or_(columns.reader.in_(members), columns.mate.in_(members))
    connection.execute(delete(past_mates).where(columns.alliance_id == alliance_id, concerned))
