"""What a check of the audit works with."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import Connection, text

from settlement.clearing.windows import Tallies, counted_tallies
from settlement.ledger.book import Book
from settlement.ledger.config import Config

STREAM_ROWS = 10_000

CheckResult = tuple[int, list[str]]


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
        found = self.connection.execute(text(sql), {"alliance_id": self.book.alliance_id, **params})
        return [tuple(row) for row in found]

    def stream(self, sql: str) -> Iterator[tuple[int, ...]]:
        """Rows of a query about this alliance, a portion at a time."""
        options = {"stream_results": True, "yield_per": STREAM_ROWS}
        mine = {"alliance_id": self.book.alliance_id}
        # A check that found rows outside of all batches leaves the rest unread; the cursor is closed all the same.
        with self.connection.execute(text(sql), mine, execution_options=options) as found:
            for row in found:
                yield tuple(row)

    def count(self, table: str) -> int:
        """Rows of a table that belong to this alliance."""
        return self.rows(f"SELECT COUNT(*) FROM {table} WHERE alliance_id = :alliance_id")[0][0]
