"""A database by its URL: SQLite's file or PostgreSQL's server. How one writes to them is in `session.py` and
`postgres_session.py`.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import get_args

from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from settlement.errors import DatabaseUnusable, TransactionConflict
from settlement.ledger.engine_pool import EnginePool
from settlement.ledger.session import Session, SqliteSession
from settlement.ledger.session_pool import WAIT_SECONDS, SessionPool, Use
from settlement.ledger.sqlite_connection import make_private, prepare_sqlite
from settlement.sentences import Phrase

CONNECT_SECONDS = 10
"""How long a PostgreSQL server may take to answer; `connect_timeout` in the URL overrides it."""
SESSIONS_MAX = 10
"""Most raw connections at a time for each use; a thread's second one comes on top."""
READ_ONLY = "25006"
"""PostgreSQL's SQLSTATE of a write on a connection that may only read."""
GAVE_WAY = ("40001", "40P01")
"""Those of a transaction that gave way to another one: serialization_failure and deadlock_detected."""
URL_HINT = Phrase("write sqlite:///FILE or postgresql://USER@HOST/NAME")


class Database:
    """One database by its URL: `sqlite:///file.db` or `postgresql://user@host/name`.

    Raises DatabaseUnusable for a URL that is neither; so do its sessions and its engine where a connection can't
    be made or is lost. The engine leaves an IntegrityError as it is: that is an answer about a row.
    """

    def __init__(self, url: str) -> None:
        try:
            parsed = make_url(url)
        except (ArgumentError, ValueError):
            public = re.sub(r":[^:/@]*@", ":***@", url)
            raise DatabaseUnusable(public, Phrase("this is not a database URL; {hint}", hint=URL_HINT)) from None
        kind = parsed.get_backend_name()
        if kind not in ("sqlite", "postgresql"):
            public = parsed.render_as_string(hide_password=True)
            raise DatabaseUnusable(public, Phrase("{kind} is not supported; {hint}", kind=kind, hint=URL_HINT))
        if kind == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif not parsed.database or parsed.database == ":memory:":
            raise DatabaseUnusable(url, Phrase("a book lives in a file; name one, as in sqlite:///coalition.db"))
        else:
            parsed = parsed.set(drivername="sqlite")
        self.url = parsed
        self.is_sqlite = kind == "sqlite"
        has_own_timeout = self.is_sqlite or "connect_timeout" in parsed.query
        self._options = {} if has_own_timeout else {"connect_timeout": CONNECT_SECONDS}
        self.engine: Engine = create_engine(
            parsed,
            poolclass=EnginePool,
            pool_pre_ping=not self.is_sqlite,
            pool_timeout=WAIT_SECONDS,
            connect_args=self._options,
        )
        event.listen(self.engine, "handle_error", self._name_error)
        self._sessions = {use: self._pool(use) for use in get_args(Use)}
        if self.is_sqlite:
            event.listen(self.engine, "do_connect", lambda *_: make_private(str(self.url.database)))
            event.listen(self.engine, "connect", prepare_sqlite)

    def session(self, use: Use = "read") -> "Session":
        """A raw connection; the caller closes it."""
        return self._sessions[use].take()

    def _pool(self, use: Use) -> SessionPool:
        # A connection to a file takes no time, and keeps a part of the file in memory.
        kept = 0 if self.is_sqlite and use == "read" else SESSIONS_MAX
        return SessionPool(self._connect, self.public_url, SESSIONS_MAX, kept)

    def _connect(self) -> "Session":
        if self.is_sqlite:
            return SqliteSession(self.public_url, str(self.url.database))
        from settlement.ledger.postgres_session import PostgresSession

        server = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return PostgresSession(self.public_url, server, self._options)

    def is_crowded(self) -> bool:
        """Whether posters have so many raw connections that none should keep one that it doesn't use."""
        return self._sessions["write"].is_crowded() or self._sessions["decide"].is_crowded()

    @contextmanager
    def snapshot(self) -> Iterator[Connection]:
        """A connection that sees one state of the database, whoever writes meanwhile."""
        level = "SERIALIZABLE" if self.is_sqlite else "REPEATABLE READ"
        with self.engine.connect().execution_options(isolation_level=level) as connection, connection.begin():
            if self.is_sqlite:
                # SQLite's driver only begins a transaction, and with it a snapshot, when it is told to.
                connection.exec_driver_sql("BEGIN")
            # It is the first row read that fixes what is seen.
            connection.exec_driver_sql("SELECT MAX(version) FROM books").scalar_one()
            yield connection

    @property
    def public_url(self) -> str:
        """The URL without the password, for people and logs."""
        return self.url.set(drivername=self.url.get_backend_name()).render_as_string(hide_password=True)

    def close(self) -> None:
        """Close all idle connections."""
        for pool in self._sessions.values():
            pool.close()
        self.engine.dispose()

    def _name_error(self, context: ExceptionContext) -> None:
        error = context.sqlalchemy_exception
        # A ping that fails is no error yet: the pool connects anew.
        if isinstance(error, DBAPIError) and not isinstance(error, IntegrityError) and not context.is_pre_ping:
            # Such a connection stays read-only when the database is that no more; a new one is not.
            context.is_disconnect |= getattr(error.orig, "sqlstate", None) == READ_ONLY
            gave_way = getattr(error.orig, "sqlstate", None) in GAVE_WAY
            named = TransactionConflict if gave_way else DatabaseUnusable
            raise named(self.public_url, str(error.orig).strip()) from error
