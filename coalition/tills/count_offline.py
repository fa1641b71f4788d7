"""Count the sales that a till has made offline, so that it makes no more a day than the alliance allows."""

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from coalition.alliance import Alliance
from coalition.tills.errors import OfflineFull, OfflineTooLate, SellerRemoved
from coalition.tills.tables import offline_sales, tills
from coalition.tills.till_rules import HOUR_US, find_till_rules

KEPT_US = 8 * 24 * HOUR_US
"""How long a sale is counted: longer than any may be sent late, whatever a sandbox does to its clock."""


def count_offline_sale(alliance: Alliance, till: str, key: str, sold_at: int) -> None:
    """Count a sale of an instant (microseconds since 1970 UTC) once, whatever becomes of it and however often it comes.

    Raises SellerRemoved, OfflineTooLate, OfflineFull.
    """
    now = alliance.clock()
    with alliance.database.engine.begin() as connection:
        # Takes the row: sales of one till that come at once are counted one after the other.
        mine = tills.c.alliance_id == alliance.id, tills.c.id == till, tills.c.revoked_at.is_(None)
        seen = connection.execute(update(tills).where(*mine).values(seen_at=alliance.machine_clock()))
        if seen.rowcount != 1:
            raise SellerRemoved
        rules = find_till_rules(connection, alliance.id)
        if sold_at < now - rules.hours * HOUR_US:
            raise OfflineTooLate(rules.hours)
        day = _day(alliance, min(sold_at, now))
        counted = _of_till(alliance, till)
        if connection.scalar(
            select(offline_sales.c.day).where(
                *counted, offline_sales.c.day == day, offline_sales.c.idempotency_key == key
            )
        ):
            return
        if sales_of_day(connection, alliance, till, min(sold_at, now)) >= rules.per_day:
            raise OfflineFull(rules.per_day)
        connection.execute(delete(offline_sales).where(*counted, offline_sales.c.day < _day(alliance, now - KEPT_US)))
        row = {"alliance_id": alliance.id, "till": till, "day": day, "idempotency_key": key}
        connection.execute(insert(offline_sales).values(**row))


def sales_of_day(connection: Connection, alliance: Alliance, till: str, at: int) -> int:
    """How many sales of the day of an instant (microseconds since 1970 UTC) a till has sent that it made offline."""
    counted = *_of_till(alliance, till), offline_sales.c.day == _day(alliance, at)
    return connection.execute(select(func.count()).select_from(offline_sales).where(*counted)).scalar_one()


def _of_till(alliance: Alliance, till: str) -> tuple[ColumnElement[bool], ...]:
    return offline_sales.c.alliance_id == alliance.id, offline_sales.c.till == till


def _day(alliance: Alliance, at: int) -> int:
    return alliance.book.calendar.day(at)[0]
