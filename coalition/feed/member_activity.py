"""How many members bought something of late, at any shop or at one."""

from collections.abc import Callable
from threading import Lock
from typing import NamedTuple

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


class ActiveMembers(NamedTuple):
    """How many members bought something in ACTIVE_DAYS days: until now, or until the last sale where that is long ago.

    `last_sale` is that sale's instant (microseconds since 1970 UTC), as in a book of a year that is over; None where
    the days end now.
    """

    members: int
    last_sale: int | None


class ActivityCounts:
    """Counts of an alliance's active members, by shop and of all."""

    def __init__(self, alliance: Alliance) -> None:
        self._alliance = alliance
        self._kept: dict[str | None, Fresh[ActiveMembers]] = {}
        self._lock = Lock()

    def active(self, shop: str | None = None) -> ActiveMembers:
        """Members who bought something of late, at a shop or at any, as of at most a minute ago."""
        with self._lock:
            kept = self._kept.get(shop)
            if kept is None or not kept.is_fresh:
                with self._alliance.database.engine.connect() as connection:
                    read = _active(connection, self._alliance.id, self._alliance.clock(), shop)
                kept = self._kept[shop] = Fresh(read, KEPT_SECONDS)
            return kept.value


def activity_counts(alliance: Alliance) -> ActivityCounts:
    """The counts that this process keeps of an alliance."""
    make: Callable[[Alliance], ActivityCounts] = ActivityCounts
    return alliance.part(make)


def _active(connection: Connection, alliance_id: int, now: int, shop: str | None) -> ActiveMembers:
    lasting = ACTIVE_DAYS * 24 * 3600 * SECOND
    columns = events.c
    of_sales = select(columns.at).where(columns.alliance_id == alliance_id, columns.type == BOUGHT)
    newest = connection.execute(of_sales.order_by(columns.seq.desc()).limit(1)).scalar()
    last_sale = newest if newest is not None and newest < now - lasting else None
    until = now if last_sale is None else last_sale
    return ActiveMembers(count_active(connection, alliance_id, until - lasting, shop), last_sale)


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
