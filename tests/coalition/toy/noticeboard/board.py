"""Put notices up, read them, and take down those whose time is over."""

from sqlalchemy import delete, insert, select

from coalition.alliance import Alliance
from coalition.events.emit import emit
from coalition.ids import random_id
from noticeboard.errors import NoticeEmpty
from noticeboard.event_types import NOTICE_TAKEN_DOWN
from noticeboard.tables import notices


def put_up(alliance: Alliance, text: str, until: int) -> str:
    """Put a notice up until an instant, and return its id. Raises NoticeEmpty."""
    if not text.strip():
        raise NoticeEmpty(len(text))
    id_ = random_id("note")
    with alliance.database.engine.begin() as connection:
        connection.execute(insert(notices).values(alliance_id=alliance.id, id=id_, text=text, until=until))
    return id_


def texts(alliance: Alliance) -> list[str]:
    """What is on the board."""
    query = select(notices.c.text).where(notices.c.alliance_id == alliance.id).order_by(notices.c.id)
    with alliance.database.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def take_down(alliance: Alliance) -> None:
    """Take down what is over, and publish each."""
    over = (notices.c.alliance_id == alliance.id) & (notices.c.until <= alliance.clock())
    with alliance.database.engine.begin() as connection:
        for id_ in connection.execute(delete(notices).where(over).returning(notices.c.id)).scalars().all():
            emit(connection, alliance.id, NOTICE_TAKEN_DOWN, alliance.clock(), {"id": id_})
