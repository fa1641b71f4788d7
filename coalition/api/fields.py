"""Types of fields and parameters that many requests share. Every value that passes fits into either database."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, Field

from coalition.api.field_texts import field_error

ID_PATTERN = r"^[!-~]{1,100}$"
"""An id of ours or of a till: printable ASCII without spaces."""

AMOUNT_MAX = 10**12
"""Largest amount of money in a request, in minor units."""
POINTS_MAX = 10**15
"""Most points in a request."""

Text = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A short text on one line, such as a name or a receipt number."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise field_error("unprintable")
    return text.strip()


Printable = Annotated[str, AfterValidator(_printable)]
"""A text on one line; the space around it is stripped."""

MemberId = Annotated[
    str, Path(description="The member's id. The id of a merged duplicate works too.", pattern=ID_PATTERN)
]
ShopRef = Annotated[str, Path(description="The shop's ref.", examples=["bakery"])]
WindowId = Annotated[str, Path(description="The window's id.", examples=["win_20260601T000000Z"])]
PurchaseId = Annotated[str, Path(description="The purchase's id.", examples=["pur_3f6kq0w9z7xdm"])]
HoldId = Annotated[str, Path(description="The hold's id.", examples=["hold_0c7m3kq5t1zfa"])]
