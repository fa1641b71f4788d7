"""When a shop is open: hours of a week, and days on which it is closed. By the clock on its wall. Pure."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from settlement import day_number

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MINUTES_OF_DAY = 1440
SPANS_MAX = 6
"""Most spans of hours on a day."""
CLOSED_DAYS_MAX = 100
LOOKED_AHEAD_DAYS = 60


class OpenSpan(NamedTuple):
    """Minutes after midnight between which a shop is open. One that ends before it begins ends on the next day."""

    opens: int
    closes: int

    @property
    def minutes(self) -> int:
        """How long it lasts; a whole day where it ends when it begins."""
        return (self.closes - self.opens - 1) % MINUTES_OF_DAY + 1


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The spans of each day of the week, from Monday on, and the days (yyyymmdd) on which none begins."""

    week: Sequence[Sequence[OpenSpan]] = ((),) * 7
    closed_on: frozenset[int] = field(default_factory=frozenset)

    def closes_at(self, local: datetime) -> datetime | None:
        """When the span ends that is under way at a moment, both by the clock on the wall; None where it is closed."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        now = local.replace(tzinfo=None)
        ends = [
            begins + timedelta(minutes=span.minutes)
            for day in (midnight - timedelta(days=1), midnight)
            if day_number(day.date()) not in self.closed_on
            for span in self.week[day.weekday()]
            if (begins := day + timedelta(minutes=span.opens)) <= now < begins + timedelta(minutes=span.minutes)
        ]
        return max(ends, default=None)

    def opens_at(self, local: datetime) -> datetime | None:
        """When the next span begins, both by the clock on the wall; None where none does within LOOKED_AHEAD_DAYS."""
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
        begins = (
            day + timedelta(minutes=span.opens)
            for day in (midnight + timedelta(days=ahead) for ahead in range(LOOKED_AHEAD_DAYS + 1))
            if day_number(day.date()) not in self.closed_on
            for span in self.week[day.weekday()]
        )
        return min((begin for begin in begins if begin > local.replace(tzinfo=None)), default=None)


def encode_hours(hours: OpeningHours) -> str:
    """Opening hours as they are stored."""
    return json.dumps({"week": hours.week, "closed_on": sorted(hours.closed_on)})


def decode_hours(text: str) -> OpeningHours:
    """Opening hours as they were stored."""
    stored = json.loads(text)
    week = [[OpenSpan(*span) for span in spans] for spans in stored["week"]]
    return OpeningHours(week, frozenset(stored["closed_on"]))


def clock_text(minutes: int) -> str:
    """Minutes after midnight as a clock shows them: 08:30."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"
