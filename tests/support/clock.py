"""A clock that a test moves by hand. Times are microseconds since 1970 UTC."""

from datetime import datetime
from zoneinfo import ZoneInfo

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


class Clock:
    """Stands still until it is told to move. It is called like the clocks that the book is given."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now

    def forward(self, microseconds: int) -> int:
        """Move on, and say what time it is now."""
        self.now += microseconds
        return self.now

    def set(self, now: int) -> int:
        """Jump to an instant."""
        self.now = now
        return now


def instant(text: str, zone: str = "UTC") -> int:
    """The instant of a wall time in ISO 8601, such as 2024-03-31T02:30."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone))
    epoch = datetime(1970, 1, 1, tzinfo=ZoneInfo("UTC"))
    difference = moment - epoch
    return (difference.days * 86_400 + difference.seconds) * SECOND + difference.microseconds
