"""One raw connection for the hot path, and all in which the two databases differ: to lock, to write in bulk, to commit.

A Session goes past SQLAlchemy's statement layer, which would cost more than the statements; everything else in the
project uses the engine of `settlement.ledger.database`.
"""

import json
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cache
from typing import Any

import orjson
import psycopg
from sqlalchemy import Integer, Table, Text
from sqlalchemy.dialects import postgresql

from settlement.errors import DatabaseUnusable, DataRefused, TransactionConflict
from settlement.ledger.sqlite_connection import make_private, prepare_sqlite

Row = tuple[Any, ...]
VALUES_MAX = 32_766
"""Values in one statement of SQLite, unless it was built for more."""
ROWS_STEP = 512
"""Up to so many rows a statement of SQLite takes a power of two of them, beyond it a multiple of this."""
SELDOM_DIFFERENT = frozenset({"alliance_id", "window_id", "terms_id", "recorded_at"})
"""Names of columns that are mostly the same in all rows that a batch writes to a table."""
MANY_ROWS = 300
"""From so many rows on PostgreSQL takes them faster by COPY, which needs three round trips of its own."""
NEW_BALANCES = (
    "CREATE TEMP VIEW IF NOT EXISTS new_balances (alliance_id, id, balance) AS SELECT 0, 0, 0",
    "CREATE TEMP TRIGGER IF NOT EXISTS set_balance INSTEAD OF INSERT ON new_balances BEGIN "
    "UPDATE accounts SET balance = new.balance WHERE alliance_id = new.alliance_id AND id = new.id; END",
)
"""What SQLite sets balances through: an account is looked up once, where UPDATE … FROM fills two tables beside it."""
SERIALIZE_LOCK = 5_023_710_650
"""PostgreSQL's advisory lock of `serialize`: any number that nothing else in the database locks."""


class Session(ABC):
    """One connection of the hot path. SQL is written with `?`, and `= ANY(?)` takes a list.

    Whatever the driver raises comes out as DatabaseUnusable.
    """

    goes_on: bool
    """Whether the database commits what it was sent while nobody waits for it."""

    def __init__(self, url: str) -> None:
        self._url = url

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
    def close(self) -> None:
        """Close the connection."""

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
        with _named_errors(self._url):
            self._begin()
            try:
                yield
                self._send()
            except BaseException:
                self._roll_back()
                raise

    def settle(self) -> None:
        """Commit, or wait for the commit that was sent; raises what `transaction` would have raised."""
        with _named_errors(self._url):
            try:
                self._settle()
            except BaseException:
                self._roll_back()
                raise


class SqliteSession(Session):
    """SQLite: one writer at a time, each commit on the disk before it returns."""

    goes_on = False

    # OR FAIL: the transaction is rolled back anyway; to undo the statement alone SQLite would copy each page first.

    def __init__(self, url: str, path: str) -> None:
        super().__init__(url)
        with _named_errors(url):
            make_private(path)
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, cached_statements=256
            )
            prepare_sqlite(self._connection)
        self._begun = False

    def rows(self, sql: str, *params: object) -> list[Row]:
        with _named_errors(self._url):
            return self._connection.execute(_for_sqlite(sql), [_json_list(p) for p in params]).fetchall()

    def execute(self, sql: str, *params: object) -> None:
        with _named_errors(self._url):
            self._connection.execute(_for_sqlite(sql), [_json_list(p) for p in params])

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        self._run_over(f"INSERT OR FAIL INTO {table.name} {{rows}}", list(zip(*rows, strict=True)), _common(table))

    def insert_many(self, table: Table, rows: Sequence[Row], lines: Callable[[], bytes]) -> None:  # noqa: ARG002
        self.insert(table, rows)

    def upsert(self, table: Table, rows: Sequence[Row], *, add: bool) -> None:
        sql = f"INSERT OR FAIL INTO {table.name} {{rows}}{_on_conflict(table, add=add)}"
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

    def close(self) -> None:
        self._connection.close()

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


class PostgresSession(Session):
    """PostgreSQL through psycopg; COPY for what is new, one statement over arrays for what changes.

    Inside a transaction nothing waits for what was sent before it, until something is read or the transaction ends.
    """

    goes_on = True

    def __init__(self, url: str, conninfo: str) -> None:
        super().__init__(url)
        with _named_errors(url):
            self._connection = psycopg.connect(conninfo, autocommit=True)
            try:
                # Every statement here finds rows by key. On a young table the planner would rather scan it, and
                # keep that plan when the table has grown.
                for method in ("seqscan", "hashjoin", "mergejoin"):
                    self._connection.execute(f"SET enable_{method} = off")
                self._connection.execute("SET jit = off")
            except BaseException:
                self._connection.close()
                raise
        self._cursor = self._connection.cursor()
        # A cursor of its own, since results of what was executed earlier may be on their way to the other.
        self._reader = self._connection.cursor(binary=True)
        self._pipeline = ExitStack()

    def rows(self, sql: str, *params: object) -> list[Row]:
        with _named_errors(self._url):
            return self._reader.execute(_for_postgres(sql), params).fetchall()

    def execute(self, sql: str, *params: object) -> None:
        with _named_errors(self._url):
            self._cursor.execute(_for_postgres(sql), params)

    def insert(self, table: Table, rows: Sequence[Row]) -> None:
        self._insert(table, rows, "")

    def insert_many(self, table: Table, rows: Sequence[Row], lines: Callable[[], bytes]) -> None:  # noqa: ARG002
        # While rows are copied nothing else may be on its way.
        self._pipeline.close()
        with self._cursor.copy(f"COPY {table.name} FROM STDIN") as copy:
            copy.write(lines())
        self._pipeline.enter_context(self._connection.pipeline())

    def upsert(self, table: Table, rows: Sequence[Row], *, add: bool) -> None:
        self._insert(table, rows, _on_conflict(table, add=add))

    def _insert(self, table: Table, rows: Sequence[Row], on_conflict: str) -> None:
        columns = zip(_array_makers(table), zip(*rows, strict=True), strict=True)
        self._cursor.execute(_insert_arrays(table, on_conflict), [make(values) for make, values in columns])

    def set_balances(self, alliance_id: int, balances: Mapping[int, int]) -> None:
        self._cursor.execute(
            "UPDATE accounts AS a SET balance = new.balance FROM unnest(%s::bigint[], %s::bigint[]) "
            "AS new (id, balance) WHERE a.alliance_id = %s AND a.id = new.id",
            [_array(list(balances)), _array(list(balances.values())), alliance_id],
        )

    def serialize(self) -> None:
        self.execute(f"SELECT pg_advisory_xact_lock({SERIALIZE_LOCK})")

    def close(self) -> None:
        self._connection.close()

    def _begin(self) -> None:
        self._pipeline.enter_context(self._connection.pipeline())
        self._cursor.execute(b"BEGIN")

    def _send(self) -> None:
        self._cursor.execute(b"COMMIT")

    def _settle(self) -> None:
        self._pipeline.close()

    def _roll_back(self) -> None:
        with suppress(psycopg.Error):
            # What failed is raised already, and what was sent behind it was skipped.
            self._pipeline.close()
        if not self._connection.closed:
            self._cursor.execute(b"ROLLBACK")


_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]


# SQLite's driver has no error of its own for an integer beyond 64 bits, nor has what writes PostgreSQL's arrays; and
# neither has one for half a character.
_REFUSED = (
    sqlite3.DataError,
    sqlite3.IntegrityError,
    psycopg.DataError,
    psycopg.IntegrityError,
    OverflowError,
    UnicodeEncodeError,
    orjson.JSONEncodeError,
)


@contextmanager
def _named_errors(url: str) -> Iterator[None]:
    """Raise DatabaseUnusable in place of what a driver raises."""
    try:
        yield
    except _REFUSED as error:
        raise DataRefused(url, str(error).strip()) from error
    except (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure) as error:
        raise TransactionConflict(url, str(error).strip()) from error
    except (sqlite3.Error, psycopg.Error) as error:
        raise DatabaseUnusable(url, str(error).strip()) from error


@cache
def _insert_arrays(table: Table, on_conflict: str) -> bytes:
    arrays = ", ".join(f"%s::{column.type.compile(_POSTGRES)}[]" for column in table.columns)
    return f"INSERT INTO {table.name} SELECT * FROM unnest({arrays}){on_conflict}".encode()


@cache
def _array_makers(table: Table) -> list[Callable[[Sequence[Any]], object]]:
    """What makes an array of each column's values."""
    kinds = (column.type for column in table.columns)
    return [_array if isinstance(k, Integer) else _text_array if isinstance(k, Text) else list for k in kinds]


def _array(numbers: Sequence[int | None]) -> str:
    """An array of integers as PostgreSQL reads it; written here in a tenth of the time that psycopg takes."""
    return "{" + orjson.dumps(numbers)[1:-1].decode().replace("null", "NULL") + "}"


def _text_array(texts: Iterable[str | None]) -> str:
    """The same of texts."""
    quoted = ["NULL" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"' for text in texts]
    return "{" + ",".join(quoted) + "}"


@cache
def _for_sqlite(sql: str) -> str:
    return sql.replace("= ANY(?)", "IN (SELECT value FROM json_each(?))").replace(" FOR UPDATE", "")


@cache
def _for_postgres(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()


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
def _on_conflict(table: Table, *, add: bool) -> str:
    keys = ", ".join(column.name for column in table.primary_key)
    sets = ", ".join(
        f"{name} = {table.name}.{name} + excluded.{name}" if add else f"{name} = excluded.{name}"
        for name in (column.name for column in table.columns if not column.primary_key)
    )
    return f" ON CONFLICT ({keys}) DO UPDATE SET {sets}"
