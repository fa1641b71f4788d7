"""Notifications in the database. Each is taken before it is sent, so that neither a crash nor a second process sends
it twice.
"""

from collections.abc import Iterable
from typing import NamedTuple

from sqlalchemy import Connection, func, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from coalition.notifications.tables import notifications

ERROR_CHARS_MAX = 500

_ADD = text(
    "INSERT INTO notifications (alliance_id, notice, reader, due_at, tries) "
    "VALUES (:alliance_id, :notice, :reader, :due_at, 0) ON CONFLICT DO NOTHING"
)


class Notification(NamedTuple):
    """A notice for a reader; `tries` counts how often it was tried to send it."""

    alliance_id: int
    notice: str
    reader: str
    tries: int


def add_notifications(
    connection: Connection, alliance_id: int, addressed: Iterable[tuple[str, str]], due_at: int
) -> None:
    """Store notifications, by notice and reader; one that is stored already stays as it is."""
    rows = [
        {"alliance_id": alliance_id, "notice": notice, "reader": reader, "due_at": due_at}
        for notice, reader in addressed
    ]
    if rows:
        connection.execute(_ADD, rows)


def due_notifications(connection: Connection, alliance_id: int, now: int, limit: int) -> list[Notification]:
    """Notifications to send now, the longest due first."""
    columns = notifications.c
    rows = connection.execute(
        select(columns.alliance_id, columns.notice, columns.reader, columns.tries)
        .where(columns.alliance_id == alliance_id, columns.due_at <= now)
        .order_by(columns.due_at, columns.notice, columns.reader)
        .limit(limit)
    )
    return [Notification(*row) for row in rows]


def take(connection: Connection, notification: Notification, now: int) -> bool:
    """Take a notification to send it; False where another process did.

    A process that dies after that leaves it taken, since it may have arrived.
    """
    taken = connection.execute(
        update(notifications)
        .where(_is(notification), notifications.c.due_at <= now)
        .values(due_at=None, tries=notification.tries + 1)
    )
    return taken.rowcount == 1


def mark_sent(connection: Connection, notification: Notification, now: int) -> None:
    """Record that a notification that was taken is sent."""
    connection.execute(update(notifications).where(_is(notification)).values(sent_at=now, error=None))


def mark_failed(connection: Connection, notification: Notification, why: str, again_at: int | None) -> None:
    """Record why it was not sent, and when to try again; None for never."""
    connection.execute(
        update(notifications).where(_is(notification)).values(due_at=again_at, error=why[:ERROR_CHARS_MAX])
    )


def waiting_after_failure(connection: Connection, alliance_id: int) -> tuple[int, str]:
    """How many notifications wait for another try, and why one of them does."""
    query = select(func.count(), func.max(notifications.c.error)).where(
        notifications.c.alliance_id == alliance_id,
        notifications.c.due_at.is_not(None),
        notifications.c.error.is_not(None),
    )
    count, why = connection.execute(query).one()
    return int(count), str(why or "")


def failure_of(connection: Connection, alliance_id: int, notice: str) -> str | None:
    """Why a notice did not go out to one of its readers; None where nothing went wrong."""
    columns = notifications.c
    why: str | None = connection.execute(
        select(func.max(columns.error)).where(columns.alliance_id == alliance_id, columns.notice == notice)
    ).scalar_one()
    return why


def _is(notification: Notification) -> ColumnElement[bool]:
    columns = notifications.c
    return (
        (columns.alliance_id == notification.alliance_id)
        & (columns.notice == notification.notice)
        & (columns.reader == notification.reader)
    )
