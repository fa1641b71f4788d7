"""One raw connection for the hot path: what each database does in its own way, to lock, to write in bulk, to commit.

Here is what a Session is, and that of SQLite; that of PostgreSQL, whose driver takes long to load, is in
`postgres_session.py`.

A Session goes past SQLAlchemy's statement layer, which would cost more than the statements; everything else in the
project uses the engine of `settlement.ledger.database`.
"""

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar, NamedTuple

import orjson
from sqlalchemy import Table

from settlement.errors import DatabaseUnusable, DataRefused, TransactionConflict
from settlement.ledger.sqlite_connection import make_private, prepare_sqlite

Row = tuple[Any, ...]
MANY_ROWS = 300
"""From so many rows on PostgreSQL takes them faster by COPY, which needs three round trips of its own."""
VALUES_MAX = 32_766
"""Values in one statement of SQLite, unless it was built for more."""
ROWS_STEP = 512
"""Up to so many rows a statement of SQLite takes a power of two of them, beyond it a multiple of this."""
SELDOM_DIFFERENT = frozenset({"alliance_id", "window_id", "terms_id", "recorded_at"})
"""Names of columns that are mostly the same in all rows that a batch writes to a table."""
NEW_BALANCES = (
    "CREATE TEMP VIEW IF NOT EXISTS new_balances (alliance_id, id, balance) AS SELECT 0, 0, 0",
    "CREATE TEMP TRIGGER IF NOT EXISTS set_balance INSTEAD OF INSERT ON new_balances BEGIN "
    "UPDATE accounts SET balance = new.balance WHERE alliance_id = new.alliance_id AND id = new.id; END",
)
"""What SQLite sets balances through: an account is looked up once, where UPDATE … FROM fills two tables beside it."""
NOT_TO_BE_SENT = (OverflowError, UnicodeEncodeError, orjson.JSONEncodeError)
"""SQLite's driver has no error of its own for an integer beyond 64 bits, nor has what writes PostgreSQL's arrays; and
neither has one for half a character."""


class DriverErrors(NamedTuple):
    """The errors of a driver: all of them, of data that it refuses, and of a transaction that gave way to another."""

    base: type[Exception]
    refused: tuple[type[Exception], ...]
    gave_way: tuple[type[Exception], ...]


class Session(ABC):
    """One connection of the hot path. SQL is written with `?`, and `= ANY(?)` takes a list.

    Whatever the driver raises comes out as DatabaseUnusable.
    """

    goes_on: ClassVar[bool]
    """Whether the database commits what it was sent while nobody waits for it."""
    errors: ClassVar[DriverErrors]
    """What its driver raises."""

    def __init__(self, url: str) -> None:
        self._url = url
        self.failed = False
        """Whether anything went wrong on it but a refusal."""
        self.give_back: Callable[[Session], None] | None = None
        """Of one that a pool lent: takes it back."""

    def close(self) -> None:
        """Be done with it. To close it twice does nothing more."""
        if self.give_back is None:
            self.disconnect()
        else:
            self.give_back(self)

    @abstractmethod
    def disconnect(self) -> None:
        """Close the connection itself."""

    @abstractmethod
    def is_idle(self) -> bool:
        """Whether it is open, and no transaction is."""

    def is_alive(self) -> bool:
        """Whether the database has not hung up since it was used last, as far as one can tell without asking."""
        return True

    @abstractmethod
    def rows(self, sql: str, *params: object) -> list[Row]:
        """Run a query and fetch all of it."""

    @abstractmethod
    def execute(self, sql: str, *params: object) -> None:
        """Run one statement."""

    @abstractmethod
    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        """Insert rows of all columns in order. This and what follows only inside a transaction."""

    @abstractmethod
    def insert_many(self, table: Table, rows: Sequence[Row], lines: Callable[[], bytes]) -> None:
        """The same for MANY_ROWS and more; `lines` makes the same rows in COPY text format."""

    @abstractmethod
    def upsert(self, table: Table, rows: Sequence[Row], *, add: bool) -> None:
        """Insert rows of all columns in order; where the key is there, set the other columns, or add to them."""

    @abstractmethod
    def set_balances(self, alliance_id: int, balances: Mapping[int, int]) -> None:
        """Set accounts' balances by their ids."""

    @abstractmethod
    def serialize(self) -> None:
        """Let all transactions that call this run one after the other, each from its call to its end."""

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _send(self) -> None: ...

    @abstractmethod
    def _settle(self) -> None: ...

    @abstractmethod
    def _roll_back(self) -> None: ...

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commits at the end, rolls back on any exception. What is executed may fail as late as at the next `rows`."""
        with self.sending():
            yield
        self.settle()

    @contextmanager
    def sending(self) -> Iterator[None]:
        """The same but for the end: there the commit is sent, or left to do, and `settle` is to follow."""
        with self._named_errors():
            self._begin()
            try:
                yield
                self._send()
            except BaseException:
                self._roll_back()
                raise

    def settle(self) -> None:
        """Commit, or wait for the commit that was sent; raises what `transaction` would have raised."""
        with self._named_errors():
            try:
                self._settle()
            except BaseException:
                self._roll_back()
                raise

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        """Raise DatabaseUnusable in place of what the driver raises."""
        try:
            yield
        except self.errors.refused as error:
            raise DataRefused(self._url, str(error).strip()) from error
        except self.errors.gave_way as error:
            raise TransactionConflict(self._url, str(error).strip()) from error
        except self.errors.base as error:
            self.failed = True
            raise DatabaseUnusable(self._url, str(error).strip()) from error


class SqliteSession(Session):
    """SQLite: one writer at a time, each commit on the disk before it returns."""

    goes_on = False
    errors = DriverErrors(sqlite3.Error, (sqlite3.DataError, sqlite3.IntegrityError, *NOT_TO_BE_SENT), ())

    # OR FAIL: the transaction is rolled back anyway; to undo the statement alone SQLite would copy each page first.

    def __init__(self, url: str, path: str) -> None:
        super().__init__(url)
        with self._named_errors():
            make_private(path)
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, cached_statements=256
            )
            prepare_sqlite(self._connection)
        self._begun = False

    def rows(self, sql: str, *params: object) -> list[Row]:
        with self._named_errors():
            return self._connection.execute(_for_sqlite(sql), [_json_list(p) for p in params]).fetchall()

    def execute(self, sql: str, *params: object) -> None:
        with self._named_errors():
            self._connection.execute(_for_sqlite(sql), [_json_list(p) for p in params])

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        self._run_over(f"INSERT OR FAIL INTO {table.name} {{rows}}", list(zip(*rows, strict=True)), _common(table))

    def insert_many(self, table: Table, rows: Sequence[Row], lines: Callable[[], bytes]) -> None:  # noqa: ARG002
        self.insert(table, rows)

    def upsert(self, table: Table, rows: Sequence[Row], *, add: bool) -> None:
        sql = f"INSERT OR FAIL INTO {table.name} {{rows}}{on_conflict(table, add=add)}"
        self._run_over(sql, list(zip(*rows, strict=True)), _common(table))

    def set_balances(self, alliance_id: int, balances: Mapping[int, int]) -> None:
        columns = [(alliance_id,) * len(balances), tuple(balances), tuple(balances.values())]
        self._run_over("INSERT OR FAIL INTO new_balances {rows}", columns, (0,))

    def _run_over(self, sql: str, columns: Sequence[Row], common: Sequence[int]) -> None:
        """Run a statement over many rows at once, given column by column.

        Of the columns at the places `common` those that are the same in all rows are bound once: to bind a value
        holds Python's lock, and for None the driver takes ten times as long as for a number. Each statement lets go
        of the lock, and waits for it again behind whoever decides the next batch.
        """
        rows = len(columns[0])
        same = tuple(place for place in common if columns[place].count(columns[place][0]) == rows)
        once = [columns[place][0] for place in same]
        varying = [column for place, column in enumerate(columns) if place not in same]
        width = len(varying)
        most = (VALUES_MAX - 1 - len(once)) // width // ROWS_STEP * ROWS_STEP
        for at in range(0, rows, most):
            count = min(most, rows - at)
            # Few sizes keep the statements few, so that they stay prepared; LIMIT leaves out what fills them up.
            size = _few_sizes(count)
            values = [*once, *[0] * (size * width), count]
            for place, column in enumerate(varying, start=len(once)):
                values[place : len(once) + count * width : width] = column[at : at + count]
            # To execute it would let go of Python's lock once more, for the id of the last row.
            self._connection.executemany(_over_rows(sql, size, len(columns), same), [values])

    def serialize(self) -> None:
        # BEGIN IMMEDIATE has seen to it already.
        pass

    def disconnect(self) -> None:
        self._connection.close()

    def is_idle(self) -> bool:
        return not self._connection.in_transaction

    def _begin(self) -> None:
        if not self._begun:
            # Not inside a transaction, which may be rolled back; and a session that only reads does without.
            for statement in NEW_BALANCES:
                self._connection.execute(statement)
            self._begun = True
        # A deferred BEGIN that reads before it writes fails with BUSY when another writer came between.
        self._connection.execute("BEGIN IMMEDIATE")

    def _send(self) -> None:
        # Nobody would work on it meanwhile, so whoever settles commits.
        pass

    def _settle(self) -> None:
        self._connection.execute("COMMIT")

    def _roll_back(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")


@cache
def _for_sqlite(sql: str) -> str:
    return sql.replace("= ANY(?)", "IN (SELECT value FROM json_each(?))").replace(" FOR UPDATE", "")


def _json_list(param: object) -> object:
    return json.dumps(param) if isinstance(param, list) else param


@cache
def _common(table: Table) -> tuple[int, ...]:
    """Columns in which the rows of a batch seldom differ, by their places in a row."""
    return tuple(
        place for place, column in enumerate(table.columns) if column.nullable or column.name in SELDOM_DIFFERENT
    )


def _few_sizes(rows: int) -> int:
    return -(-rows // ROWS_STEP) * ROWS_STEP if rows > ROWS_STEP else 1 << (rows - 1).bit_length()


@cache
def _over_rows(sql: str, rows: int, columns: int, same: tuple[int, ...]) -> str:
    """The statement over so many rows; the columns at the places `same` come before them, once for all."""
    varying = [place for place in range(columns) if place not in same]
    selected = ", ".join("?" if place in same else f"column{varying.index(place) + 1}" for place in range(columns))
    row = f"({', '.join('?' * len(varying))})"
    # Without its WHERE, an ON CONFLICT that follows would be read as a join's.
    return sql.format(rows=f"SELECT {selected} FROM (VALUES {', '.join([row] * rows)}) WHERE true LIMIT ?")


@cache
def on_conflict(table: Table, *, add: bool) -> str:
    """The clause of an INSERT that sets the other columns where the key is there, or adds to them."""
    keys = ", ".join(column.name for column in table.primary_key)
    sets = ", ".join(
        f"{name} = {table.name}.{name} + excluded.{name}" if add else f"{name} = excluded.{name}"
        for name in (column.name for column in table.columns if not column.primary_key)
    )
    return f" ON CONFLICT ({keys}) DO UPDATE SET {sets}"
