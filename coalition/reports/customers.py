"""A shop's customers month by month: how many bought there, for how many it was the first time, and for how much.

Numbers and no names: a shop knows whom it sold to, and this tells it no more of anybody.
"""

from typing import NamedTuple

from sqlalchemy import text

from coalition.alliance import Alliance
from coalition.reports.count_postings import count_postings
from coalition.reports.last_months import last_months

_MONTHS = text(
    "SELECT month, COUNT(*), CAST(SUM(CASE WHEN month = earliest THEN 1 ELSE 0 END) AS BIGINT), "
    "CAST(SUM(purchases) AS BIGINT), CAST(SUM(minor) AS BIGINT) FROM ("
    "SELECT month, purchases, minor, MIN(month) OVER (PARTITION BY member) AS earliest FROM shop_customers "
    "WHERE alliance_id = :alliance_id AND shop = :shop AND purchases > 0) AS bought "
    "WHERE month >= :since GROUP BY month"
)
_ALL = text(
    "SELECT COUNT(DISTINCT member) FROM shop_customers WHERE alliance_id = :alliance_id AND shop = :shop "
    "AND month >= :since AND purchases > 0"
)


class CustomerMonth(NamedTuple):
    """The month that begins on `month` (yyyymmdd): members who bought something, those of them who had never done so
    here before, their purchases, and what the goods cost in minor units, before anything was given back.

    A sale that was undone is none.
    """

    month: int
    customers: int = 0
    new: int = 0
    purchases: int = 0
    amount_minor: int = 0

    @property
    def returning(self) -> int:
        """Those who had bought here in an earlier month."""
        return self.customers - self.new


class Customers(NamedTuple):
    """A shop's months, the oldest first, and how many different members bought in all of them together."""

    shop: str
    customers: int
    months: list[CustomerMonth]


def read_customers(alliance: Alliance, shop: str, months: int) -> Customers:
    """Those of the last months of the alliance's own calendar (see `last_months`)."""
    count_postings(alliance)
    with alliance.database.engine.connect() as connection:
        firsts = last_months(connection, alliance, months)
        values = {"alliance_id": alliance.id, "shop": shop, "since": firsts[0]}
        rows = {row[0]: CustomerMonth(*row) for row in connection.execute(_MONTHS, values)}
        customers = int(connection.execute(_ALL, values).scalar_one())
    return Customers(shop, customers, [rows.get(first, CustomerMonth(first)) for first in firsts])
