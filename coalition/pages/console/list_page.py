"""A page of a long list: by where it begins, so that none is missed or seen twice while rows are added, or by its
number, where all rows are read anyway since they are sorted and added up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from fastapi import Query

Row = TypeVar("Row")
Number = Annotated[int, Query(ge=1, le=10_000)]
"""Which page of a list."""
Words = Annotated[str, Query(max_length=100)]
"""What has to stand in the name of a row."""
Place = Annotated[str, Query(pattern=r"^([0-9]{1,18}\..{1,100})?$")]
"""Behind which row a page begins, by the row's instant and id; empty for the first page."""


@dataclass(frozen=True, slots=True)
class NumberedPage(Generic[Row]):
    """Some rows of `count`, on a page of so many."""

    rows: list[Row]
    number: int
    pages: int
    count: int


def numbered_page(rows: Sequence[Row], number: int, most: int) -> NumberedPage[Row]:
    """A page of these rows; empty where there are not so many pages."""
    return NumberedPage(
        list(rows[(number - 1) * most : number * most]), number, max(1, -(-len(rows) // most)), len(rows)
    )


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
