"""Cohorts: of those who joined in a month, how many bought in each month since."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from coalition.alliance import Alliance
from coalition.reports.count_postings import count_postings
from coalition.reports.last_months import last_months
from settlement import Calendar, month_end, next_day


class Cohort(NamedTuple):
    """Members who were enrolled in the month that begins on `month` (yyyymmdd), and how many of them bought with
    points or for points in that month and in each after it, to the current one.
    """

    month: int
    members: int
    active: list[int]


def read_cohorts(alliance: Alliance, months: int) -> list[Cohort]:
    """Those of the last months of the alliance's own calendar (see `last_months`), the oldest first."""
    count_postings(alliance)
    with alliance.database.engine.connect() as connection:
        firsts = last_months(connection, alliance, months)
        return _cohorts(connection, alliance.id, alliance.calendar, firsts)


def _cohorts(connection: Connection, alliance_id: int, calendar: Calendar, firsts: list[int]) -> list[Cohort]:
    starts = [calendar.start_of_day(first) for first in firsts]
    ends = [*starts[1:], calendar.start_of_day(next_day(month_end(firsts[-1], 0)))]
    rows = ", ".join(
        f"({number}, {start}, {end})" for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    joined = (
        f"WITH months (n, starts, ends) AS (VALUES {rows}) SELECT {{figures}} FROM members AS m "
        "JOIN months AS joined ON m.created_at >= joined.starts AND m.created_at < joined.ends {bought} "
        "WHERE m.alliance_id = :alliance_id GROUP BY {by}"
    )
    sized: dict[int, int] = dict(
        connection.execute(
            text(joined.format(figures="joined.n, COUNT(*)", bought="", by="joined.n")), {"alliance_id": alliance_id}
        ).all()
    )
    bought = (
        "JOIN bought_months AS b ON b.alliance_id = m.alliance_id AND b.member = m.id AND b.month >= :first "
        "AND b.purchases > 0"
    )
    read = joined.format(figures="joined.n, b.month, COUNT(*)", bought=bought, by="joined.n, b.month")
    values = {"alliance_id": alliance_id, "first": firsts[0]}
    active = {(cohort, month): count for cohort, month, count in connection.execute(text(read), values)}
    return [
        Cohort(first, sized.get(n, 0), [active.get((n, month), 0) for month in firsts[n:]])
        for n, first in enumerate(firsts)
    ]
