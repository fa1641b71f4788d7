"""The hot path's connection to PostgreSQL. Nothing else loads psycopg, which an alliance on SQLite does without."""

import select
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import cache
from typing import Any

import orjson
import psycopg
from psycopg.conninfo import make_conninfo
from psycopg.pq import TransactionStatus
from sqlalchemy import Integer, Table, Text
from sqlalchemy.dialects import postgresql

from settlement.ledger.session import NOT_TO_BE_SENT, DriverErrors, Row, Session, on_conflict

SERIALIZE_LOCK = 5_023_710_650
"""PostgreSQL's advisory lock of `serialize`: any number that nothing else in the database locks."""
_POSTGRES = postgresql.dialect()  # type: ignore[no-untyped-call]


class PostgresSession(Session):
    """PostgreSQL through psycopg; COPY for what is new, one statement over arrays for what changes.

    Inside a transaction nothing waits for what was sent before it, until something is read or the transaction ends.
    """

    goes_on = True
    errors = DriverErrors(
        psycopg.Error,
        (psycopg.DataError, psycopg.IntegrityError, *NOT_TO_BE_SENT),
        (psycopg.errors.DeadlockDetected, psycopg.errors.SerializationFailure),
    )

    def __init__(self, url: str, conninfo: str, options: Mapping[str, int]) -> None:
        super().__init__(url)
        with self._named_errors():
            self._connection = psycopg.connect(make_conninfo(conninfo, **options), autocommit=True)
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
        with self._named_errors():
            return self._reader.execute(_for_postgres(sql), params).fetchall()

    def execute(self, sql: str, *params: object) -> None:
        with self._named_errors():
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
        self._insert(table, rows, on_conflict(table, add=add))

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

    def disconnect(self) -> None:
        self._connection.close()

    def is_idle(self) -> bool:
        return self._connection.pgconn.transaction_status == TransactionStatus.IDLE

    def is_alive(self) -> bool:
        # What a server sends unasked is mostly its farewell.
        unasked = select.poll()
        unasked.register(self._connection.fileno(), select.POLLIN)
        return not unasked.poll(0)

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
def _for_postgres(sql: str) -> bytes:
    return sql.replace("?", "%s").encode()
