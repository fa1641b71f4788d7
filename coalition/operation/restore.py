"""Restore a backup into an empty database, of either kind, and check that it is what was backed up."""

import hashlib
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, select

from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.migrations import migrate, revision_of
from coalition.operation.archive import BackupUnusable, Manifest, contents_of, opened, row_of, rows_of, tables
from coalition.operation.backup import heads_of
from coalition.operation.encryption import BackupKey
from settlement import Phrase
from settlement.audit import Audit, audit_book
from settlement.ledger import Book, Clock, Database


class NotEmpty(CoalitionError):
    """A database that has something in it already."""

    code = "database_not_empty"
    detail = N_("{url} has rows in {table} already. A backup is restored into an empty database.")
    public = False
    url: str
    table: str


class RestoreDiffers(CoalitionError):
    """What was restored is not what was backed up, or its books do not hold. Use the database for nothing."""

    code = "restore_differs"
    detail = N_("{url}: {what}. Do not use this database, and take another backup.")
    public = False
    url: str
    what: str


def restore(
    database: Database,
    path: Path,
    clock: Clock,
    progress: Callable[[str], None] = lambda _: None,
    key: BackupKey | None = None,
) -> Manifest:
    """Restore all of a backup, or nothing. Raises BackupUnusable, NotEmpty, RestoreDiffers, DatabaseUnusable.

    With a `key`, only what was encrypted with it; without one, only what is plain.

    Checked in the end: each table's rows read back, the end of each book's hash chain, and an audit of each book.
    """
    with opened(path, key) as (file, manifest):
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
        raise BackupUnusable(path, Phrase("its tables are not those of its schema"))
    for table in tables():
        if connection.execute(select(func.count()).select_from(select(table).limit(1).subquery())).scalar_one():
            raise NotEmpty(database.public_url, table.name)


def _fill(connection: Connection, table: Table, file: zipfile.ZipFile, path: Path, manifest: Manifest) -> None:
    whole = hashlib.sha256()
    for chunk in rows_of(file, path, manifest, table):
        for line in chunk:
            whole.update(line)
        connection.execute(insert(table), [row_of(table, line) for line in chunk])
    if whole.hexdigest() != manifest.sha256[table.name]:
        raise BackupUnusable(path, Phrase("{table:code} is not what was backed up", table=table.name))


def _check(database: Database, manifest: Manifest, clock: Clock) -> None:
    url = database.public_url
    with database.snapshot() as connection:
        for table in tables():
            restored, wanted = contents_of(connection, table), manifest.tables[table.name]
            if restored != wanted:
                raise RestoreDiffers(
                    url,
                    Phrase(
                        "rows of {table:code} restored: {rows}, backed up: {wanted}",
                        rows=restored.rows,
                        table=table.name,
                        wanted=wanted.rows,
                    ),
                )
        if heads_of(connection) != list(manifest.heads):
            raise RestoreDiffers(url, Phrase("a hash chain ends elsewhere"))
    for head in manifest.heads:
        audit = audited(Book.open(database, head.name, clock))
        if not audit.ok:
            failed = [check.name for check in audit.checks if not check.ok]
            raise RestoreDiffers(
                url, Phrase("the audit of {alliance:name} fails: {checks}", alliance=head.name, checks=failed)
            )


def audited(book: Book) -> Audit:
    """An audit of a book, on a connection of its own."""
    with closing(book.database.session()) as session:
        return audit_book(book, session)
