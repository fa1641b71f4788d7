"""Databases that fail as real ones do: that may only be read, that have no room left, that lose their connections."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol
from weakref import WeakSet

from sqlalchemy import event, text

from settlement import DatabaseUnusable
from settlement.ledger import Database, Session
from settlement.ledger.session_pool import Use
from tests.support.postgres import PostgresServer

ROOM_BYTES = 1_310_720
"""What no file of PostgreSQL grows beyond on its full disk: more than it has in any of its own."""
PAGES_MAX = 2**30
"""As many pages as a SQLite file can have."""


class Faults(Protocol):
    """A database, and what can befall it."""

    database: Database

    def read_only(self) -> AbstractContextManager[None]:
        """Nobody may write for a while."""

    def full(self) -> AbstractContextManager[None]:
        """No file can grow for a while."""


class FrailSqlite(Database):
    """A SQLite database that all who have it open hear of a pragma from."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._pragmas: dict[str, str] = {}
        self._listening: WeakSet[Session] = WeakSet()
        event.listen(self.engine, "checkout", self._tell_all)

    def session(self, use: Use = "read") -> Session:
        """A connection that heard what all heard."""
        session = super().session(use)
        for pragma in self._pragmas.values():
            session.rows(pragma)
        self._listening.add(session)
        return session

    def tell(self, name: str, value: object) -> None:
        """Set a pragma, on every connection there is and on those to come."""
        self._pragmas[name] = f"PRAGMA {name} = {value}"
        for session in list(self._listening):
            with suppress(DatabaseUnusable):
                # Some were closed since.
                session.rows(self._pragmas[name])

    def _tell_all(self, connection: Any, *_: object) -> None:
        for pragma in self._pragmas.values():
            connection.execute(pragma).close()


class SqliteFaults:
    """SQLite told what the system would tell it."""

    def __init__(self, url: str) -> None:
        self.database = FrailSqlite(url)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """As where the file's system turned read-only."""
        self.database.tell("query_only", "on")
        yield
        self.database.tell("query_only", "off")

    @contextmanager
    def full(self) -> Iterator[None]:
        """SQLITE_FULL as soon as a page more is needed."""
        with self.database.engine.connect() as connection:
            pages = connection.execute(text("PRAGMA page_count")).scalar_one()
        self.database.tell("max_page_count", pages)
        yield
        self.database.tell("max_page_count", PAGES_MAX)


class PostgresFaults:
    """A database of a server of its own."""

    def __init__(self, server: PostgresServer, name: str) -> None:
        self.server, self.name = server, name
        self.database = Database(server.url(name))

    def drop_connections(self) -> None:
        """End every connection, whatever it is doing."""
        self.server.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{self.name}'")

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """As after a switch to a standby; connections that were made meanwhile stay as they are."""
        setting = "default_transaction_read_only"
        self.server.execute(f"ALTER DATABASE {self.name} SET {setting} = on")
        self.drop_connections()
        yield
        self.server.execute(f"ALTER DATABASE {self.name} RESET {setting}")

    @contextmanager
    def full(self) -> Iterator[None]:
        """Tables can't be extended."""
        with self.server.out_of_room(ROOM_BYTES):
            yield
