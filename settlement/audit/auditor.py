"""What the checks of the audit work with."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlalchemy import Connection, text

from settlement.audit.checkpoint import Checkpoint, Facts, RecheckedPart
from settlement.calendar import FOREVER_AGO
from settlement.clearing.windows import Tallies, counted_tallies
from settlement.ledger.book import Book
from settlement.ledger.config import Config
from settlement.ledger.tallies import TALLY_COLUMNS, TallyKey

STREAM_ROWS = 10_000

T = TypeVar("T")

CheckResult = tuple[int, list[str]]
"""How many facts were looked at, and the differences found."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """What a check works with.

    `since` is the checkpoint that the audit goes on from, None where it reads the whole book; `recheck` is what it
    reads again of the part before. `facts` takes what the checks establish, where the audit `keeps` it.
    """

    book: Book
    connection: Connection
    config: Config
    since: Checkpoint | None = None
    recheck: RecheckedPart | None = None
    keeps: bool = False
    facts: Facts = field(default_factory=dict)
    _counted: dict[int, Tallies] = field(default_factory=dict)
    _kept: dict[int, Tallies] = field(default_factory=dict)

    @property
    def after(self) -> int:
        """The last posting that was audited before; 0 where all are audited."""
        return 0 if self.since is None else self.since.last_posting

    @property
    def open_since(self) -> int:
        """The first window that was open at the checkpoint: whatever was posted since lies there or behind it."""
        return FOREVER_AGO if self.since is None else self.since.closed_until

    @property
    def new_moves(self) -> str:
        """What to read the moves from that were not audited before: the table itself, or a query of the alliance's."""
        if self.since is None:
            return "moves"
        # They lie in the windows that were open, so what is read is no more than the moves of these.
        return (
            f"(SELECT * FROM moves WHERE alliance_id = :alliance_id AND window_id >= {self.open_since:d} "
            f"AND posting_id > {self.since.last_posting:d})"
        )

    def closed_until(self) -> int:
        """Where the last closed window ends."""
        sql = "SELECT COALESCE(MAX(closes_at), :never) FROM windows WHERE alliance_id = :alliance_id"
        ((closes_at,),) = self.rows(sql, never=FOREVER_AGO)
        return closes_at

    def tallies(self) -> dict[int, Tallies]:
        """Each window's tallies, counted from its moves; of windows that were audited before, as they are kept."""
        if not self._counted:
            if self.since is not None:
                audited = [int(window_id) for window_id in self.since.facts["tallies"]]
                self._counted.update({window_id: self.kept_tallies().get(window_id, []) for window_id in audited})
            sql = (
                "SELECT DISTINCT window_id FROM moves WHERE alliance_id = :alliance_id AND window_id >= :first "
                "ORDER BY window_id"
            )
            for (window_id,) in self.rows(sql, first=self.open_since):
                self._counted[window_id] = self.count_tallies(window_id)
        return self._counted

    def count_tallies(self, window_id: int) -> Tallies:
        """A window's tallies, counted from its moves."""
        return counted_tallies(self.book, self.connection, window_id)

    def kept_tallies(self) -> dict[int, Tallies]:
        """Each window's tallies as the poster keeps them, without those of nothing."""
        if not self._kept:
            kept: dict[int, list[tuple[TallyKey, list[int]]]] = defaultdict(list)
            for window_id, shop, terms_id, *tally in self.rows(
                f"SELECT window_id, shop, terms_id, {', '.join(TALLY_COLUMNS)} FROM tallies "
                "WHERE alliance_id = :alliance_id"
            ):
                if any(tally):
                    kept[window_id].append((TallyKey(shop, terms_id), list(tally)))
            self._kept.update({window_id: sorted(tallies) for window_id, tallies in kept.items()})
        return self._kept

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
