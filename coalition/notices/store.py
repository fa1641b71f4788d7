"""Notices in the database."""

from sqlalchemy import Connection, RowMapping, and_, insert, or_, select, update

from coalition.notices.notice import Bilingual, MemberNotice
from coalition.notices.tables import member_notices

columns = member_notices.c


def add_notice(connection: Connection, alliance_id: int, notice: MemberNotice) -> None:
    """Keep a new notice."""
    connection.execute(
        insert(member_notices).values(
            alliance_id=alliance_id,
            id=notice.id,
            title_en=notice.title.en,
            title_zh=notice.title.zh,
            text_en=notice.text.en,
            text_zh=notice.text.zh,
            from_at=notice.from_at,
            until_at=notice.until_at,
            posted_at=notice.posted_at,
            posted_by=notice.posted_by,
            published_at=notice.published_at,
        )
    )


def find_notice(connection: Connection, alliance_id: int, id_: str) -> MemberNotice | None:
    """The notice with this id; None if there is none."""
    row = connection.execute(
        select(member_notices).where(columns.alliance_id == alliance_id, columns.id == id_)
    ).mappings()
    return next((_notice(each) for each in row), None)


def list_notices(
    connection: Connection, alliance_id: int, seen_at: int | None, before: tuple[int, str] | None, most: int
) -> list[MemberNotice]:
    """Notices, the newest first by when members see them; with `seen_at` those alone that they see at that instant.

    `before` is the (from_at, id) of the last one seen.
    """
    query = select(member_notices).where(columns.alliance_id == alliance_id)
    if seen_at is not None:
        query = query.where(
            columns.from_at <= seen_at,
            or_(columns.until_at.is_(None), columns.until_at > seen_at),
            columns.withdrawn_at.is_(None),
        )
    if before is not None:
        at, id_ = before
        query = query.where(or_(columns.from_at < at, and_(columns.from_at == at, columns.id < id_)))
    rows = connection.execute(query.order_by(columns.from_at.desc(), columns.id.desc()).limit(most)).mappings()
    return [_notice(row) for row in rows]


def notices_to_publish(connection: Connection, alliance_id: int, now: int) -> list[MemberNotice]:
    """Notices whose time has come, is not over, and of which the feed said nothing yet; the first first."""
    rows = connection.execute(
        select(member_notices)
        .where(
            columns.alliance_id == alliance_id,
            columns.published_at.is_(None),
            columns.withdrawn_at.is_(None),
            columns.from_at <= now,
            or_(columns.until_at.is_(None), columns.until_at > now),
        )
        .order_by(columns.from_at, columns.id)
    ).mappings()
    return [_notice(row) for row in rows]


def set_published(connection: Connection, alliance_id: int, id_: str, now: int) -> bool:
    """Keep that the feed says so; False where it did before, or the notice was withdrawn."""
    done = connection.execute(
        update(member_notices)
        .where(
            columns.alliance_id == alliance_id,
            columns.id == id_,
            columns.published_at.is_(None),
            columns.withdrawn_at.is_(None),
        )
        .values(published_at=now)
    )
    return done.rowcount == 1


def set_withdrawn(connection: Connection, alliance_id: int, id_: str, by: str, now: int) -> bool:
    """Withdraw a notice; False where it was before."""
    done = connection.execute(
        update(member_notices)
        .where(
            columns.alliance_id == alliance_id,
            columns.id == id_,
            columns.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now, withdrawn_by=by)
    )
    return done.rowcount == 1


def _notice(row: RowMapping) -> MemberNotice:
    return MemberNotice(
        row["id"],
        Bilingual(row["title_en"], row["title_zh"]),
        Bilingual(row["text_en"], row["text_zh"]),
        row["from_at"],
        row["until_at"],
        row["posted_at"],
        row["posted_by"],
        row["published_at"],
        row["withdrawn_at"],
        row["withdrawn_by"],
    )
