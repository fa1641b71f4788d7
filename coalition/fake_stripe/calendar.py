"""Dates as banks count them. All instants are Unix seconds, all days are days of UTC."""

from datetime import UTC, datetime

DAY = 86_400
SATURDAY = 5


def midnight_after(instant: int) -> int:
    """The first midnight UTC after an instant."""
    return (instant // DAY + 1) * DAY


def business_days_after(instant: int, days: int) -> int:
    """The same time of day, that many working days later; weekends don't count, holidays are not known."""
    later = instant
    while days:
        later += DAY
        days -= weekday(later) < SATURDAY
    return later


def weekday(instant: int) -> int:
    """0 for Monday to 6 for Sunday."""
    return datetime.fromtimestamp(instant, UTC).weekday()


def iso_date(instant: int) -> str:
    """The day as YYYY-MM-DD."""
    return datetime.fromtimestamp(instant, UTC).date().isoformat()
