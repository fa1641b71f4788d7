"""A page of a long list, by where it begins: no page is missed or seen twice while rows are added."""

from collections.abc import Callable
from typing import Annotated, TypeVar

from fastapi import Query

Row = TypeVar("Row")
Place = Annotated[str, Query(pattern=r"^([0-9]{1,18}\..{1,100})?$")]
"""Behind which row a page begins, by the row's instant and id; empty for the first page."""


def row_before(place: str) -> tuple[int, str] | None:
    """The instant and the id of the row behind which a page begins; None for the first page."""
    at, _, id_ = place.partition(".")
    return (int(at), id_) if place else None


def split_page(rows: list[Row], most: int, key: Callable[[Row], tuple[int, str]]) -> tuple[list[Row], str]:
    """The first rows of these, `most` of them, and the place where the next page begins; empty where there is none."""
    if len(rows) <= most:
        return rows, ""
    at, id_ = key(rows[most - 1])
    return rows[:most], f"{at}.{id_}"
