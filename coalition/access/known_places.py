"""Places that a user has logged in from: there, strangers who guess the password elsewhere don't lock the user out.

A place is an address, or the network that a household has (see `coalition.access.place`), kept as a hash.
"""

from sqlalchemy import Connection, delete, select, text

from coalition.access.tables import known_places, users
from coalition.access.user import DAY

KEPT_US = 90 * DAY
"""How long a place is known after the last log-in from there."""
_KEEP = text(
    "INSERT INTO known_places (alliance_id, subject, place, seen_at) VALUES (:alliance_id, :subject, :place, :now) "
    "ON CONFLICT (alliance_id, subject, place) DO UPDATE SET seen_at = excluded.seen_at"
)


def keep_place(connection: Connection, alliance_id: int, subject: str, place: bytes, now: int) -> None:
    """Keep a place that a user has just logged in from, and forget those of long ago."""
    columns = known_places.c
    connection.execute(
        delete(known_places).where(
            columns.alliance_id == alliance_id, columns.subject == subject, columns.seen_at < now - KEPT_US
        )
    )
    connection.execute(_KEEP, {"alliance_id": alliance_id, "subject": subject, "place": place, "now": now})


def is_known_place(connection: Connection, alliance_id: int, email: str, place: bytes, now: int) -> bool:
    """Whether the user with this address, as it is stored, has logged in from this place lately."""
    user_at = (
        select(known_places.c.seen_at)
        .join(
            users,
            (users.c.alliance_id == known_places.c.alliance_id) & ("user:" + users.c.id == known_places.c.subject),
        )
        .where(
            users.c.alliance_id == alliance_id,
            users.c.email == email,
            known_places.c.place == place,
            known_places.c.seen_at >= now - KEPT_US,
        )
    )
    return connection.execute(user_at).first() is not None
