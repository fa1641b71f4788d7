"""Who shares a household with whom, in the database."""

from collections.abc import Iterable

from sqlalchemy import Connection, select, update

from coalition.clock import system_clock
from coalition.members.member import MemberRecord, MemberState
from coalition.members.store import find_member
from coalition.members.tables import members


def publish_household(connection: Connection, alliance_id: int, household: str | None) -> None:
    """Publish to the caches of all processes that a household's members, or what they share, changed."""
    if household is not None:
        connection.execute(
            update(members)
            .where(members.c.alliance_id == alliance_id, members.c.household == household)
            .values(changed_at=system_clock())
        )


def household_ids(connection: Connection, alliance_id: int, household: str) -> dict[str, int]:
    """Since when (microseconds since 1970 UTC) each of a household's members is in it, the first to join first."""
    columns = members.c
    rows = connection.execute(
        select(columns.id, columns.joined_at)
        .where(columns.alliance_id == alliance_id, columns.household == household)
        .order_by(columns.joined_at, columns.id)
    )
    return {row.id: row.joined_at for row in rows}


def household_members(connection: Connection, alliance_id: int, household: str) -> list[MemberRecord]:
    """A household's members, the first to join first."""
    ids = household_ids(connection, alliance_id, household)
    return [member for id_ in ids if (member := find_member(connection, alliance_id, id_)) is not None]


def active_mates(connection: Connection, alliance_id: int, households: Iterable[str]) -> dict[str, list[str]]:
    """Each household's active members whose points can be spent, the first to join first."""
    mates: dict[str, list[str]] = {household: [] for household in sorted(households)}
    if mates:
        columns = members.c
        for household, id_ in connection.execute(
            select(columns.household, columns.id)
            .where(
                columns.alliance_id == alliance_id,
                columns.household.in_(list(mates)),
                columns.state == MemberState.ACTIVE.value,
                columns.spend_locked.is_(False),
            )
            .order_by(columns.joined_at, columns.id)
        ):
            mates[household].append(id_)
    return mates
