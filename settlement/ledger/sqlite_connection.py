"""How each connection to SQLite is set up: the hot path's and the engine's alike."""

import os
import sqlite3
import stat
import time
from contextlib import suppress

PRIVATE = 0o600
"""Read and written by one user."""
BUSY_SECONDS = 60
"""How long a SQLite writer waits for another one before it gives up."""


def make_private(path: str) -> None:
    """Let SQLite's file, and what it keeps beside it, be read by the user of this process alone.

    A file that is not there yet is made, so that it is private from its first byte. Where the system refuses,
    everything stays as it is.
    """
    with suppress(OSError):
        # An existing file is never opened here: to close it would give up the locks that this process holds on it.
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE))
    for name in (path, f"{path}-wal", f"{path}-shm"):
        with suppress(OSError):
            mode = stat.S_IMODE(os.stat(name).st_mode)
            if mode & ~PRIVATE:
                # Nothing is added: a file that its user may only read stays so.
                os.chmod(name, mode & PRIVATE)


def prepare_sqlite(connection: sqlite3.Connection, _record: object = None) -> None:
    """Let a new connection of SQLite wait for others, be durable, and be fast for batches."""
    for pragma in (
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "synchronous = FULL",
        "foreign_keys = ON",
        # Of a new file: a commit writes whole pages, and most of what a batch changes is one row on each.
        "page_size = 2048",
        "cache_size = -131072",
        # A batch changes a thousand pages; moving them over after each would write most of them twice.
        "wal_autocheckpoint = 32768",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    _use_write_ahead_log(connection)


def _use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Switch the file to WAL, once and for all. For this one lock SQLite does not wait by itself."""
    until = time.monotonic() + BUSY_SECONDS
    while connection.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
        try:
            connection.execute("PRAGMA journal_mode = WAL").close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)
