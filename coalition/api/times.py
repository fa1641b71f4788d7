"""Moments in and out of the API: RFC 3339, UTC, to the microsecond."""

from typing import Annotated

from pydantic import AwareDatetime, PlainSerializer

from coalition.locale.formats import rfc3339

Moment = Annotated[AwareDatetime, PlainSerializer(rfc3339, return_type=str)]
"""A moment with its offset from UTC; shown as 2026-06-01T10:00:00Z."""
