"""Publish the notices whose time has come: each once, by whichever process is first."""

from coalition.alliance import Alliance
from coalition.events.emit import begin_after_postings, emit
from coalition.notices.event_types import NOTICE_POSTED
from coalition.notices.store import notices_to_publish, set_published


def is_due(alliance: Alliance) -> bool:
    """Whether the time of a notice has come."""
    with alliance.database.engine.connect() as connection:
        return bool(notices_to_publish(connection, alliance.id, alliance.clock()))


def publish_due(alliance: Alliance) -> None:
    """Publish them, the first first."""
    now = alliance.clock()
    with alliance.database.engine.connect() as connection:
        due = notices_to_publish(connection, alliance.id, now)
    for notice in due:
        with begin_after_postings(alliance) as connection:
            if set_published(connection, alliance.id, notice.id, now):
                emit(connection, alliance.id, NOTICE_POSTED, now, notice.payload)
