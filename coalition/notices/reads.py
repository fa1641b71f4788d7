"""Up to where a member has read the alliance's notices, wherever they did."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, text

from coalition.notices.tables import notice_reads

_KEEP = text(
    "INSERT INTO notice_reads (alliance_id, member, read_until) VALUES (:alliance_id, :member, :read_until) "
    "ON CONFLICT (alliance_id, member) DO UPDATE SET read_until = excluded.read_until "
    "WHERE notice_reads.read_until < excluded.read_until"
)


def read_until(connection: Connection, alliance_id: int, member: str) -> int:
    """When the newest notice came that the member has read, in microseconds since 1970 UTC; 0 for none."""
    columns = notice_reads.c
    query = select(columns.read_until).where(columns.alliance_id == alliance_id, columns.member == member)
    return int(connection.execute(query).scalar() or 0)


def keep_read(connection: Connection, alliance_id: int, member: str, until: int) -> None:
    """Let all notices up to one be read; those that were read before stay so."""
    connection.execute(_KEEP, {"alliance_id": alliance_id, "member": member, "read_until": until})


def forget_reads(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Forget what these members have read."""
    columns = notice_reads.c
    connection.execute(delete(notice_reads).where(columns.alliance_id == alliance_id, columns.member.in_(members)))
