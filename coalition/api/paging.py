"""Lists in pages, by opaque cursors that stay valid while rows are added."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from coalition.api.problems import invalid
from settlement import is_text

Item = TypeVar("Item")
Row = TypeVar("Row")
Position = list[str | int]
"""The sort key of a page's last row."""

LIMIT_DEFAULT, LIMIT_MAX = 20, 100

Limit = Annotated[int, Query(ge=1, le=LIMIT_MAX, description="At most so many items.")]
Cursor = Annotated[str | None, Query(description="The `next_cursor` of the previous page.", max_length=400)]


class Page(BaseModel, Generic[Item]):
    """A page of a list."""

    data: list[Item] = Field(description="The items, in order.")
    next_cursor: str | None = Field(description="Send this as `cursor` to get the next page; null on the last page.")


def page(
    rows: Sequence[Row], limit: int, position: Callable[[Row], Position], item: Callable[[Row], Item]
) -> Page[Item]:
    """A page of `limit` rows. Pass one row more if there is one: it says that there is a next page."""
    kept = rows[:limit]
    more = len(rows) > limit
    return Page(data=[item(row) for row in kept], next_cursor=_cursor(position(kept[-1])) if more else None)


def position_of(cursor: str | None, *kinds: type) -> Position | None:
    """The position that a cursor encodes; None for the first page. Answers 422 to an invalid cursor."""
    if cursor is None:
        return None
    try:
        position = json.loads(urlsafe_b64decode(cursor.encode() + b"=="))
    except ValueError:
        position = None
    if (
        not isinstance(position, list)
        or [type(value) for value in position] != list(kinds)
        or not all(map(_kept, position))
    ):
        raise invalid("cursor", "cursor_unknown")
    return position


def _kept(value: str | int) -> bool:
    """Whether a database can hold such a value; every genuine position has such values."""
    return is_text(value) if isinstance(value, str) else abs(value) < 2**63


def _cursor(position: Position) -> str:
    return urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).rstrip(b"=").decode()
