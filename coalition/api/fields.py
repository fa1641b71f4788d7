"""Kinds of field that many requests have: texts and ids that any database can hold."""

from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator

from coalition.api.field_texts import field_error

ID_PATTERN = r"^[!-~]{1,100}$"
"""Any id of ours, or of a till: printable ASCII without spaces."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise field_error("unprintable")
    return text.strip()


Printable = Annotated[str, AfterValidator(_printable)]
"""A text on one line, without the space around it."""

MemberId = Annotated[
    str, Path(description="The member's id; one that was merged answers for the other.", pattern=ID_PATTERN)
]
