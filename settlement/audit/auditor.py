"""What the checks of the audit work with."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection, text

from settlement.clearing.windows import Tallies, counted_tallies
from settlement.ledger.book import Book
from settlement.ledger.config import Config

STREAM_ROWS = 10_000

T = TypeVar("T")

CheckResult = tuple[int, list[str]]
"""How many facts were looked at, and the differences found."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """What a check works with."""

    book: Book
    connection: Connection
    config: Config
    _counted: dict[int, Tallies] = field(default_factory=dict)

    def tallies(self) -> dict[int, Tallies]:
        """Each window's tallies, counted from its moves."""
        if not self._counted:
            sql = "SELECT DISTINCT window_id FROM moves WHERE alliance_id = :alliance_id ORDER BY window_id"
            for (window_id,) in self.rows(sql):
                self._counted[window_id] = counted_tallies(self.book, self.connection, window_id)
        return self._counted

    def rows(self, sql: str, **params: object) -> list[tuple[int, ...]]:
        """All rows of a query about this alliance."""
        result = self.connection.execute(text(sql), {"alliance_id": self.book.alliance_id, **params})
        return [tuple(row) for row in result]

    def stream(self, sql: str, **params: object) -> Iterator[tuple[int, ...]]:
        """Rows of a query about this alliance, a portion at a time."""
        options = {"stream_results": True, "yield_per": STREAM_ROWS}
        mine = {"alliance_id": self.book.alliance_id, **params}
        # A check that found rows outside of all batches leaves the rest unread; the cursor is closed all the same.
        with self.connection.execute(text(sql), mine, execution_options=options) as result:
            for row in result:
                yield tuple(row)

    def count(self, table: str) -> int:
        """Rows of a table that belong to this alliance."""
        return self.rows(f"SELECT COUNT(*) FROM {table} WHERE alliance_id = :alliance_id")[0][0]


class Reader(Generic[T]):
    """Reads an ordered stream of rows a batch at a time."""

    def __init__(self, rows: Iterable[T]) -> None:
        self._rows = iter(rows)
        self._next = next(self._rows, None)

    def until(self, belongs: Callable[[T], bool]) -> list[T]:
        """The next rows for as long as they belong."""
        rows = []
        while self._next is not None and belongs(self._next):
            rows.append(self._next)
            self._next = next(self._rows, None)
        return rows

    def left(self) -> bool:
        """Whether there are more."""
        return self._next is not None
