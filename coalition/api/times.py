"""Moments in and out of the API: RFC 3339, UTC, to the microsecond."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, PlainSerializer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


Moment = Annotated[AwareDatetime, PlainSerializer(_written, return_type=str)]
"""A moment with its offset from UTC; shown as 2026-06-01T10:00:00Z."""


def moment(instant: int) -> datetime:
    """Microseconds since 1970 UTC as a moment."""
    return _EPOCH + timedelta(microseconds=instant)


def instant(given: datetime) -> int:
    """A moment as microseconds since 1970 UTC."""
    return (given - _EPOCH) // _MICROSECOND


def date_text(yyyymmdd: int) -> str:
    """A date as 2026-06-01."""
    return f"{yyyymmdd // 10000:04d}-{yyyymmdd // 100 % 100:02d}-{yyyymmdd % 100:02d}"
