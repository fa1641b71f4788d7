"""What of the alliance's notices, of their gifts and of the terms a member has looked at, on whatever device."""

from collections.abc import Sequence

from sqlalchemy import Column, Connection, delete, select, text

from coalition.notices.tables import notice_reads

_KEEP = text(
    "INSERT INTO notice_reads (alliance_id, member, read_until) VALUES (:alliance_id, :member, :read_until) "
    "ON CONFLICT (alliance_id, member) DO UPDATE SET read_until = excluded.read_until "
    "WHERE notice_reads.read_until < excluded.read_until"
)

_KEEP_GIFTS = text(
    "INSERT INTO notice_reads (alliance_id, member, read_until, gifts_until) "
    "VALUES (:alliance_id, :member, 0, :gifts_until) "
    "ON CONFLICT (alliance_id, member) DO UPDATE SET gifts_until = excluded.gifts_until "
    "WHERE notice_reads.gifts_until < excluded.gifts_until"
)

_KEEP_TERMS = text(
    "INSERT INTO notice_reads (alliance_id, member, read_until, terms_version) "
    "VALUES (:alliance_id, :member, 0, :version) "
    "ON CONFLICT (alliance_id, member) DO UPDATE SET terms_version = excluded.terms_version"
)


def read_until(connection: Connection, alliance_id: int, member: str) -> int:
    """When the newest notice came that the member has read, in microseconds since 1970 UTC; 0 for none."""
    return _looked_at(connection, alliance_id, member, notice_reads.c.read_until)


def keep_read(connection: Connection, alliance_id: int, member: str, until: int) -> None:
    """Let all notices up to one be read; those that were read before stay so."""
    connection.execute(_KEEP, {"alliance_id": alliance_id, "member": member, "read_until": until})


def gifts_looked_at(connection: Connection, alliance_id: int, member: str) -> int:
    """When the newest gift came that the member has looked at, in microseconds since 1970 UTC; 0 for none."""
    return _looked_at(connection, alliance_id, member, notice_reads.c.gifts_until)


def keep_gifts_looked_at(connection: Connection, alliance_id: int, member: str, until: int) -> None:
    """Let all gifts up to one be looked at."""
    connection.execute(_KEEP_GIFTS, {"alliance_id": alliance_id, "member": member, "gifts_until": until})


def terms_read(connection: Connection, alliance_id: int, member: str) -> int:
    """The version of the terms that the member has opened last; 0 for none."""
    return _looked_at(connection, alliance_id, member, notice_reads.c.terms_version)


def keep_terms_read(connection: Connection, alliance_id: int, member: str, version: int) -> None:
    """Keep that the member has opened this version of the terms."""
    connection.execute(_KEEP_TERMS, {"alliance_id": alliance_id, "member": member, "version": version})


def _looked_at(connection: Connection, alliance_id: int, member: str, what: Column[int]) -> int:
    columns = notice_reads.c
    query = select(what).where(columns.alliance_id == alliance_id, columns.member == member)
    return int(connection.execute(query).scalar() or 0)


def forget_reads(connection: Connection, alliance_id: int, members: Sequence[str]) -> None:
    """Forget what these members have read."""
    columns = notice_reads.c
    connection.execute(delete(notice_reads).where(columns.alliance_id == alliance_id, columns.member.in_(members)))
