"""Write a backup out of a database at work: one snapshot, while everybody goes on."""

import hashlib
import os
import zipfile
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Connection, select

from coalition.errors import FileUnreadable, unwritable
from coalition.migrations import revision_of
from coalition.operation.archive import FORMAT, MANIFEST, Digest, Head, Manifest, lines, tables
from coalition.operation.encryption import BackupKey, EncryptingFile
from coalition.schema import metadata
from settlement import Phrase
from settlement.ledger import Clock, Database

LEVEL = 6


def backup(
    database: Database,
    path: Path,
    clock: Clock,
    progress: Callable[[str], None] = lambda _: None,
    key: BackupKey | None = None,
) -> Manifest:
    """Write all of a database into a file that is not there yet. Raises FileUnreadable, DatabaseUnusable.

    It is encrypted with `key`, where there is one. It is written beside its place, and moved there once it is whole
    and on the disk.
    """
    if path.exists():
        raise FileUnreadable(path, Phrase("it exists already; name a new file"))
    part = path.with_name(f"{path.name}.part")
    try:
        with open(os.open(part, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as raw:
            encrypting = None if key is None else EncryptingFile(raw, key)
            with (
                zipfile.ZipFile(encrypting or raw, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as file,
                database.snapshot() as connection,
            ):
                manifest = _write(connection, file, clock(), progress)
            if encrypting is not None:
                encrypting.finish()
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
    except OSError as error:
        raise unwritable(path, error) from None
    finally:
        part.unlink(missing_ok=True)
    return manifest


def heads_of(connection: Connection) -> list[Head]:
    """Where each book stands."""
    books = metadata.tables["books"]
    rows = connection.execute(select(books.c.name, books.c.next_posting, books.c.chain).order_by(books.c.alliance_id))
    return [Head(name, next_posting, bytes(chain).hex()) for name, next_posting, chain in rows]


def _write(connection: Connection, file: zipfile.ZipFile, now: int, progress: Callable[[str], None]) -> Manifest:
    contents, sums = {}, {}
    for table in tables():
        progress(table.name)
        digest, whole = Digest(), hashlib.sha256()
        with file.open(f"{table.name}.jsonl", "w", force_zip64=True) as entry:
            for line in lines(connection, table):
                digest.add(line)
                whole.update(line + b"\n")
                entry.write(line + b"\n")
        contents[table.name], sums[table.name] = digest.contents, whole.hexdigest()
    manifest = Manifest(FORMAT, revision_of(connection), now, contents, sums, heads_of(connection))
    file.writestr(MANIFEST, manifest.as_json())
    return manifest
