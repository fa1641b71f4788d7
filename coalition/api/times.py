"""Moments in the API: RFC 3339, to the microsecond. Days: 2026-06-01."""

import re
from datetime import date
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticKnownError

from coalition.locale.formats import rfc3339

Moment = Annotated[AwareDatetime, PlainSerializer(rfc3339, return_type=str)]
"""A moment, sent with any offset from UTC and answered in UTC: 2026-06-01T10:00:00Z."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _written_as_day(value: object) -> object:
    """Pydantic would read 20261231 as so many seconds since 1970."""
    if isinstance(value, str) and _DAY.fullmatch(value) is None:
        raise PydanticKnownError("date_parsing", {"error": "not YYYY-MM-DD"})
    return value


Day = Annotated[date, BeforeValidator(_written_as_day), Field(ge=date(1970, 1, 1), le=date(2999, 12, 31))]
"""A day of the alliance's calendar: 2026-06-01."""
