"""Kinds of field that many requests have: texts and ids that any database can hold."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, Field

from coalition.api.field_texts import field_error

ID_PATTERN = r"^[!-~]{1,100}$"
"""Any id of ours, or of a till: printable ASCII without spaces."""

AMOUNT_MAX = 10**12
"""Largest amount of money in a request, in minor units."""
POINTS_MAX = 10**15
"""Most points in a request."""

Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A name or a number of the caller's: printable, without line breaks."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise field_error("unprintable")
    return text.strip()


Printable = Annotated[str, AfterValidator(_printable)]
"""A text on one line, without the space around it."""

MemberId = Annotated[
    str, Path(description="The member's id; one that was merged answers for the other.", pattern=ID_PATTERN)
]
