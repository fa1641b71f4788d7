"""How many members bought something of late, at any shop or at one."""

from collections.abc import Callable
from threading import Lock

from sqlalchemy import Connection, distinct, func, select

from coalition.alliance import Alliance
from coalition.events.tables import events
from coalition.feed.read import first_since
from coalition.fresh import Fresh
from coalition.jobs.store import SECOND

ACTIVE_DAYS = 30
"""Who bought something in so many days is active."""
KEPT_SECONDS = 60.0
"""How long a count is kept: it reads a month of events."""
BOUGHT = "purchase.created"


class ActivityCounts:
    """Counts of an alliance's active members, by shop and of all."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._kept: dict[str | None, Fresh[int]] = {}
        self._lock = Lock()

    def active(self, shop: str | None = None) -> int:
        """Members who bought something in the last ACTIVE_DAYS days, as of at most a minute ago."""
        with self._lock:
            kept = self._kept.get(shop)
            if kept is None or not kept.is_fresh:
                since = self._alliance.clock() - ACTIVE_DAYS * 24 * 3600 * SECOND
                with self._alliance.database.engine.connect() as connection:
                    count = count_active(connection, self._alliance.id, since, shop)
                kept = self._kept[shop] = Fresh(count, KEPT_SECONDS)
            return kept.value


def activity_counts(alliance: Alliance) -> ActivityCounts:
    """The counts that this process keeps of an alliance."""
    make: Callable[[Alliance], ActivityCounts] = ActivityCounts
    return alliance.part(make)


def count_active(connection: Connection, alliance_id: int, since: int, shop: str | None = None) -> int:
    """Members who bought something since an instant (microseconds since 1970 UTC), by the events of the feed."""
    columns = events.c
    query = select(func.count(distinct(columns.member))).where(
        columns.alliance_id == alliance_id,
        columns.type == BOUGHT,
        columns.seq >= first_since(connection, alliance_id, since),
        columns.at >= since,
    )
    if shop is not None:
        query = query.where(columns.shop == shop)
    return int(connection.execute(query).scalar_one())
