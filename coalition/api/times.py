"""Moments in the API: RFC 3339, to the microsecond. Days: 2026-06-01."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator, Field, PlainSerializer
from pydantic_core import PydanticKnownError

from coalition.locale.formats import rfc3339
from settlement import EARLIEST

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]", re.ASCII)


# Pydantic would read 20261231 as so many seconds since 1970, as a number and as a text.


def _written_as_day(value: object) -> object:
    if isinstance(value, date) or (isinstance(value, str) and _DAY.fullmatch(value)):
        return value
    raise PydanticKnownError("date_parsing", {"error": "not YYYY-MM-DD"})


def _written_as_moment(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _MOMENT.match(value)):
        return value
    raise PydanticKnownError("datetime_parsing", {"error": "not RFC 3339"})


Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_moment), PlainSerializer(rfc3339, return_type=str)]
"""A moment, sent with any offset from UTC and answered in UTC: 2026-06-01T10:00:00Z."""
WrittenDate = Annotated[date, BeforeValidator(_written_as_day)]
"""A date, 2026-06-01, that has bounds of its own."""
Day = Annotated[WrittenDate, Field(ge=EARLIEST, le=date(2999, 12, 31))]
"""A day of the alliance's calendar: 2026-06-01."""
