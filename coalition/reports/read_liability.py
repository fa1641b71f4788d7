"""Read what members hold: the alliance's liability, by the shop that issued the points and by their last valid day."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from math import ceil

from coalition.alliance import Alliance
from coalition.reports.count_postings import count_postings
from coalition.reports.errors import CountsBehind
from settlement.clearing import Vintage, points_by_expiry

AFTER_ALL = 9999_12_31
"""A day after all that has happened."""


@dataclass(frozen=True, slots=True)
class LiabilityPart:
    """Points of one issuer with one last valid day (yyyymmdd), and their exact worth in minor units."""

    issuer: str
    expires_on: int
    points: int
    worth: Fraction

    @property
    def worth_minor(self) -> int:
        """Their worth in minor units, rounded up."""
        return ceil(self.worth)


@dataclass(frozen=True, slots=True)
class Liability:
    """All parts as of an instant (microseconds since 1970 UTC), by issuer and last day."""

    as_of: int
    parts: list[LiabilityPart]

    @property
    def points(self) -> int:
        """All points."""
        return sum(part.points for part in self.parts)

    @property
    def worth_minor(self) -> int:
        """What they are worth in minor units, rounded up once."""
        return worth_of(self.parts)


def worth_of(parts: list[LiabilityPart]) -> int:
    """What some parts are worth together, in minor units, rounded up once."""
    return ceil(sum((part.worth for part in parts), Fraction(0)))


def read_liability(alliance: Alliance, day: int | None, may_see: Callable[[str], bool]) -> Liability:
    """As of the end of a day (yyyymmdd) that is not after today, or as of now; of the issuers that may be seen.

    As of a day, each sale counts when it was made. One that was sent late and paid with points issued after it leaves
    its vintage below zero until then.
    """
    now = alliance.clock()
    vintages = _now(alliance) if day is None else _at_end_of(alliance, day)
    parts = [
        LiabilityPart(row.issuer, row.expires_on, row.points, row.points * alliance.minor_per_point(row.terms_id))
        for row in vintages
        if may_see(row.issuer)
    ]
    return Liability(now if day is None else min(now, alliance.calendar.end_of_day(day)), parts)


def _now(alliance: Alliance) -> list[Vintage]:
    """From what is counted, as there are many more accounts; from those where counting is behind."""
    try:
        return _at_end_of(alliance, AFTER_ALL)
    except CountsBehind:
        with alliance.database.engine.connect() as connection:
            return points_by_expiry(alliance.book, connection)


def _at_end_of(alliance: Alliance, day: int) -> list[Vintage]:
    """From what is counted: whole months before the day's, and the days of its own."""
    count_postings(alliance)
    with closing(alliance.database.session()) as session:
        rows = session.rows(
            "SELECT p.ref, h.expires_on, h.terms_id, CAST(SUM(h.points) AS BIGINT) FROM held_changes AS h "
            "JOIN participants AS p ON p.alliance_id = h.alliance_id AND p.id = h.issuer "
            "WHERE h.alliance_id = ? AND (h.period < ? OR h.period BETWEEN ? AND ?) "
            "GROUP BY p.ref, h.expires_on, h.terms_id HAVING SUM(h.points) <> 0 ORDER BY 1, 2, 3",
            alliance.id,
            day // 100,
            day // 100 * 100,
            day,
        )
    return [Vintage(*row) for row in rows]
