"""Which months a report has: the last ones of the alliance's calendar, or of a book that is over."""

from sqlalchemy import Connection, text

from coalition.alliance import Alliance
from settlement import month_end

MONTHS_MAX = 36
"""So many months does a report have at most."""
_ANY_SINCE = text(
    "SELECT 1 FROM bought_months WHERE alliance_id = :alliance_id AND month >= :month AND purchases > 0 LIMIT 1"
)
_NEWEST = text("SELECT MAX(month) FROM bought_months WHERE alliance_id = :alliance_id AND purchases > 0")


def last_months(connection: Connection, alliance: Alliance, months: int) -> list[int]:
    """The first days (yyyymmdd) of so many months, the last of them last: the current one by the alliance's clock.

    Where nobody bought anything in so many months, as in a book of a year that is over, the last in which somebody did.
    """
    current = alliance.today // 100 * 100 + 1
    firsts = _months_to(current, months)
    if connection.execute(_ANY_SINCE, {"alliance_id": alliance.id, "month": firsts[0]}).first() is None:
        newest = connection.execute(_NEWEST, {"alliance_id": alliance.id}).scalar_one()
        return firsts if newest is None else _months_to(newest, months)
    return firsts


def _months_to(first: int, months: int) -> list[int]:
    return [month_end(first, later) // 100 * 100 + 1 for later in range(1 - months, 1)]
