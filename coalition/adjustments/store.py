"""Reasons of adjustments in the database."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, text, update

from coalition.adjustments.tables import adjustment_reasons


def keep_reason(connection: Connection, alliance_id: int, key: str, member: str, reason: str) -> None:
    """Keep the reason of the adjustment with this posting key; one that is there stays."""
    connection.execute(
        text(
            "INSERT INTO adjustment_reasons (alliance_id, key, member, reason) "
            "VALUES (:alliance_id, :key, :member, :reason) ON CONFLICT DO NOTHING"
        ),
        {"alliance_id": alliance_id, "key": key, "member": member, "reason": reason},
    )


def find_reason(connection: Connection, alliance_id: int, key: str) -> str | None:
    """The reason of the adjustment with this posting key; None if there is none."""
    reason: str | None = connection.execute(
        select(adjustment_reasons.c.reason).where(
            adjustment_reasons.c.alliance_id == alliance_id, adjustment_reasons.c.key == key
        )
    ).scalar_one_or_none()
    return reason


def erase_reasons(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Empty the reasons of what was adjusted for these members."""
    columns = adjustment_reasons.c
    connection.execute(
        update(adjustment_reasons)
        .where(columns.alliance_id == alliance_id, columns.member.in_(members))
        .values(reason="")
    )
