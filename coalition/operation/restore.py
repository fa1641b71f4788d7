"""Restore a backup into an empty database, of either kind, and check that it is what was backed up."""

import hashlib
import zipfile
from collections.abc import Callable
from contextlib import closing
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, select

from coalition.errors import CoalitionError
from coalition.migrations import migrate, revision_of
from coalition.operation.archive import ROWS_AT_ONCE, BackupUnusable, Manifest, contents_of, opened, row_of, tables
from coalition.operation.backup import heads_of
from settlement.audit import Audit, audit_book
from settlement.ledger import Book, Clock, Database


class NotEmpty(CoalitionError):
    """A database that has something in it already."""

    def __init__(self, url: str, table: str) -> None:
        self.url, self.table = url, table
        super().__init__(f"{url} has rows in {table} already; a backup is restored into an empty database")


class RestoreDiffers(CoalitionError):
    """What was restored is not what was backed up, or its books do not hold. Use the database for nothing."""

    def __init__(self, url: str, what: str) -> None:
        self.url, self.what = url, what
        super().__init__(f"{url}: {what}; use this database for nothing, and take another backup")


def restore(database: Database, path: Path, clock: Clock, progress: Callable[[str], None] = lambda _: None) -> Manifest:
    """Restore all of a backup, or nothing. Raises BackupUnusable, NotEmpty, RestoreDiffers, DatabaseUnusable.

    Checked in the end: each table's rows read back, the end of each book's hash chain, and an audit of each book.
    """
    with opened(path) as (file, manifest):
        migrate(database)
        with database.engine.begin() as connection:
            _check_target(connection, database, path, manifest)
            for table in tables():
                progress(table.name)
                _fill(connection, table, file, path, manifest)
    progress("check")
    _check(database, manifest, clock)
    return manifest


def _check_target(connection: Connection, database: Database, path: Path, manifest: Manifest) -> None:
    ours = revision_of(connection)
    if manifest.revision != ours:
        why = (
            f"its schema is {manifest.revision}, this version's is {ours}: restore it with the version that made it, "
            "and start this one on that database"
        )
        raise BackupUnusable(path, why)
    if set(manifest.tables) != {table.name for table in tables()}:
        raise BackupUnusable(path, "its tables are not those of its schema")
    for table in tables():
        if connection.execute(select(func.count()).select_from(select(table).limit(1).subquery())).scalar_one():
            raise NotEmpty(database.public_url, table.name)


def _fill(connection: Connection, table: Table, file: zipfile.ZipFile, path: Path, manifest: Manifest) -> None:
    whole = hashlib.sha256()
    with file.open(f"{table.name}.jsonl") as entry:
        while chunk := list(islice(entry, ROWS_AT_ONCE)):
            for line in chunk:
                whole.update(line)
            connection.execute(insert(table), [row_of(table, line) for line in chunk])
    if whole.hexdigest() != manifest.sha256[table.name]:
        raise BackupUnusable(path, f"{table.name} is not what was backed up")


def _check(database: Database, manifest: Manifest, clock: Clock) -> None:
    url = database.public_url
    with database.snapshot() as connection:
        for table in tables():
            restored, wanted = contents_of(connection, table), manifest.tables[table.name]
            if restored != wanted:
                raise RestoreDiffers(
                    url, f"{restored.rows} rows of {table.name} were restored, {wanted.rows} backed up"
                )
        if heads_of(connection) != list(manifest.heads):
            raise RestoreDiffers(url, "a hash chain ends elsewhere")
    for head in manifest.heads:
        audit = audited(Book.open(database, head.name, clock))
        if not audit.ok:
            failed = ", ".join(check.name for check in audit.checks if not check.ok)
            raise RestoreDiffers(url, f"the audit of {head.name!r} fails: {failed}")


def audited(book: Book) -> Audit:
    """An audit of a book, on a connection of its own."""
    with closing(book.database.session()) as session:
        return audit_book(book, session)
