"""Letters in the database. Each is taken before it is sent, so that no crash and no second process sends it twice."""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from coalition.notifications.tables import letters

ERROR_CHARS_MAX = 500

_ADD = text(
    "INSERT INTO letters (alliance_id, notice, reader, due_at, tries) "
    "VALUES (:alliance_id, :notice, :reader, :due_at, 0) ON CONFLICT DO NOTHING"
)


class Letter(NamedTuple):
    """A notice for a reader; `tries` counts how often it was tried to send it."""

    alliance_id: int
    notice: str
    reader: str
    tries: int


def add_letters(connection: Connection, alliance_id: int, addressed: Iterable[tuple[str, str]], due_at: int) -> None:
    """Keep letters, by notice and reader, that are not there yet."""
    rows = [
        {"alliance_id": alliance_id, "notice": notice, "reader": reader, "due_at": due_at}
        for notice, reader in addressed
    ]
    if rows:
        connection.execute(_ADD, rows)


def due_letters(connection: Connection, alliance_id: int, now: int, limit: int) -> list[Letter]:
    """Letters that are to be sent now, the longest due first."""
    columns = letters.c
    rows = connection.execute(
        select(columns.alliance_id, columns.notice, columns.reader, columns.tries)
        .where(columns.alliance_id == alliance_id, columns.due_at <= now)
        .order_by(columns.due_at, columns.notice, columns.reader)
        .limit(limit)
    )
    return [Letter(*row) for row in rows]


def take(connection: Connection, one: Letter, now: int) -> bool:
    """Take a letter to send it; False where another did. Whoever dies now leaves it taken: it may have arrived."""
    taken = connection.execute(
        update(letters).where(_is(one), letters.c.due_at <= now).values(due_at=None, tries=one.tries + 1)
    )
    return taken.rowcount == 1


def mark_sent(connection: Connection, one: Letter, now: int) -> None:
    """Write down that a letter that was taken is sent."""
    connection.execute(update(letters).where(_is(one)).values(sent_at=now, error=None))


def mark_failed(connection: Connection, one: Letter, why: str, again_at: int | None) -> None:
    """Write down that it is not, and when to try again; None for never."""
    connection.execute(update(letters).where(_is(one)).values(due_at=again_at, error=why[:ERROR_CHARS_MAX]))


def waiting_after_failure(connection: Connection, alliance_id: int) -> tuple[int, str]:
    """How many letters wait for another try, and why one of them does."""
    query = select(func.count(), func.max(letters.c.error)).where(
        letters.c.alliance_id == alliance_id, letters.c.due_at.is_not(None), letters.c.error.is_not(None)
    )
    count, why = connection.execute(query).one()
    return int(count), str(why or "")


def _is(one: Letter) -> ColumnElement[bool]:
    columns = letters.c
    return (columns.alliance_id == one.alliance_id) & (columns.notice == one.notice) & (columns.reader == one.reader)
