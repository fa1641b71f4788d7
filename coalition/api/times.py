"""Moments in the API: RFC 3339, to the microsecond."""

from typing import Annotated

from pydantic import AwareDatetime, PlainSerializer

from coalition.locale.formats import rfc3339

Moment = Annotated[AwareDatetime, PlainSerializer(rfc3339, return_type=str)]
"""A moment, sent with any offset from UTC and answered in UTC: 2026-06-01T10:00:00Z."""
