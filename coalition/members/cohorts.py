"""Cohorts: of those who joined in a month, how many bought in each month since."""

from typing import NamedTuple

from sqlalchemy import Connection, text

from settlement import Calendar, month_end, next_day

MONTHS_MAX = 36


class Cohort(NamedTuple):
    """Members who were enrolled in the month that begins on `month` (yyyymmdd), and how many of them bought with
    points or for points in that month and in each after it, to the current one.
    """

    month: int
    members: int
    active: list[int]


def cohorts(connection: Connection, alliance_id: int, calendar: Calendar, now: int, months: int) -> list[Cohort]:
    """The cohorts of the last `months` months of the alliance's own calendar, the oldest first.

    Reads the events of members, so it counts the purchases that the event feed has published.
    """
    firsts = _first_days(calendar, now, months)
    starts = [calendar.start_of_day(first) for first in firsts]
    ends = [*starts[1:], calendar.start_of_day(next_day(month_end(firsts[-1], 0)))]
    rows = ", ".join(
        f"({number}, {start}, {end})" for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )
    joined = (
        f"WITH months (n, starts, ends) AS (VALUES {rows}) SELECT joined.n, {{figure}} FROM members AS m "
        "JOIN months AS joined ON m.created_at >= joined.starts AND m.created_at < joined.ends "
    )
    sized: dict[int, int] = dict(
        connection.execute(
            text(joined.format(figure="COUNT(*)") + "WHERE m.alliance_id = :alliance_id GROUP BY joined.n"),
            {"alliance_id": alliance_id},
        ).all()
    )
    active: dict[tuple[int, int], int] = {
        (cohort, month): count
        for cohort, month, count in connection.execute(
            text(
                joined.format(figure="bought.n, COUNT(DISTINCT m.id)")
                + "JOIN events AS e ON e.alliance_id = m.alliance_id AND e.member = m.id "
                "AND e.type = 'purchase.created' "
                "JOIN months AS bought ON e.at >= bought.starts AND e.at < bought.ends "
                "WHERE m.alliance_id = :alliance_id GROUP BY joined.n, bought.n"
            ),
            {"alliance_id": alliance_id},
        )
    }
    return [
        Cohort(first, sized.get(n, 0), [active.get((n, month), 0) for month in range(n, months)])
        for n, first in enumerate(firsts)
    ]


def _first_days(calendar: Calendar, now: int, months: int) -> list[int]:
    """The first days of the last months, the current one last."""
    first = calendar.local_date(now) // 100 * 100 + 1
    firsts = [first]
    for _ in range(months - 1):
        year, month = divmod(firsts[0] // 100, 100)
        firsts.insert(0, (year * 100 + month - 1) * 100 + 1 if month > 1 else ((year - 1) * 100 + 12) * 100 + 1)
    return firsts
