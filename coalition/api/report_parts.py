"""What the reports' routes share: the windows that they are asked for, and their answers as tables."""

from typing import Annotated, Any, Literal

from fastapi import Query, Response
from pydantic import BaseModel

from coalition.alliance import Alliance
from coalition.api.access import not_found
from coalition.api.fields import Text
from coalition.api.problems import invalid
from coalition.reports.last_months import MONTHS_MAX
from coalition.windows.find_window import parse_window_id
from settlement import Phrase

Format = Annotated[Literal["json", "csv"], Query(description="The format.")]
FirstWindow = Annotated[
    Text | None, Query(description="Only this window and later ones.", examples=["win_20260601T000000Z"])
]
LastWindow = Annotated[
    Text | None, Query(description="Only this window and earlier ones.", examples=["win_20260601T000000Z"])
]
MonthCount = Annotated[
    int,
    Query(
        ge=1,
        le=MONTHS_MAX,
        description="How many months: to the current one, or to the last with a purchase where these have none.",
    ),
]


def window_bounds(alliance: Alliance, first: str | None, last: str | None) -> tuple[int | None, int | None]:
    """The instants at which these windows open. Answers 404 if there is no such window, 422 if they are reversed."""
    opened = _opens_at(alliance, first), _opens_at(alliance, last)
    if opened[0] is not None and opened[1] is not None and opened[1] < opened[0]:
        raise invalid("last_window", "windows_reversed")
    return opened


def as_table(model: type[BaseModel] | Any, description: str) -> dict[int | str, dict[str, Any]]:
    """The answer 200 of a report that comes as a table too."""
    return {200: {"model": model, "description": description, "content": {"text/csv": {"schema": {"type": "string"}}}}}


def csv_answer(table: bytes, name: str) -> Response:
    """A table as a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response(table, headers=headers, media_type="text/csv; charset=utf-8")


def _opens_at(alliance: Alliance, window: str | None) -> int | None:
    opens_at = None if window is None else parse_window_id(alliance, window)
    if window is not None and opens_at is None:
        not_found(Phrase("window"), window)
    return opens_at
