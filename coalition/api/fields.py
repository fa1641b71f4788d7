"""Types of fields and parameters that many requests share. Every value that passes fits into either database."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Path
from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from coalition.api.field_texts import field_error
from settlement import LINES, ONE_LINE, clean_text

AMOUNT_MAX = 10**12
"""Largest amount of money in a request, in minor units."""
POINTS_MAX = 10**15
"""Most points in a request."""


@dataclass(frozen=True, slots=True)
class PlainText:
    """Marks a string of a request as text that people write: checked and trimmed as everywhere in the product.

    It may have `lines`, and be `empty`. A pattern that the field has of its own is checked besides.
    """

    lines: bool = False
    empty: bool = False

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self._clean, handler(source))

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        described = handler(schema)
        pattern = LINES if self.lines else ONE_LINE
        described.setdefault("pattern", pattern.replace("+$", "*$") if self.empty else pattern)
        return described

    def _clean(self, text: str) -> str:
        if self.empty and not text.strip():
            return ""
        try:
            return clean_text(text, lines=self.lines)
        except ValueError as error:
            raise field_error("unusable", why=error.args[0]) from None


Line = Annotated[str, PlainText()]
"""A text on one line."""
Text = Annotated[str, Field(min_length=1, max_length=100), PlainText()]
"""A short text on one line, such as a name, a receipt number, or an id of ours or of a till."""
Phone = Annotated[str, Field(min_length=1, max_length=40), PlainText()]
"""A phone number as people write it."""
Email = Annotated[str, Field(min_length=3, max_length=254), PlainText()]
"""An e-mail address as people write it."""
RuleName = Annotated[Text, Field(max_length=40, pattern=r"^[a-z0-9][a-z0-9-]*$")]
"""What an alliance calls a rule that it adds, or a group of them."""

MemberId = Annotated[Text, Path(description="The member's id. The id of a merged duplicate works too.")]
ShopRef = Annotated[Text, Path(description="The shop's ref.", examples=["bakery"])]
WindowId = Annotated[Text, Path(description="The window's id.", examples=["win_20260601T000000Z"])]
PurchaseId = Annotated[Text, Path(description="The purchase's id.", examples=["pur_3f6kq0w9z7xdm"])]
HoldId = Annotated[Text, Path(description="The hold's id.", examples=["hold_0c7m3kq5t1zfa"])]
