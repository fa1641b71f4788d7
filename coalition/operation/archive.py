"""A backup: one file, in which each table is lines of JSON, and a manifest that says what must be there.

The same file restores into SQLite and PostgreSQL. It is a zip file: `manifest.json` stands last, and a file that was
cut short has none. Unless it was asked for plain, it is encrypted as a whole (`encryption.py`). A row is an array in
the order of the table's columns; bytes are in base64.
"""

import base64
import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

import orjson
from sqlalchemy import Connection, Table, select
from sqlalchemy.engine import Row

from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.operation.encryption import BackupKey, KeyKind, decrypt, kind_of
from coalition.schema import metadata
from settlement import Phrase

FORMAT = 1
MANIFEST = "manifest.json"
ROWS_AT_ONCE = 2_000
MANIFEST_BYTES_MAX = 16 * 2**20
LINE_BYTES_MAX = 64 * 2**20
"""The longest row that is read: documents and bank files are a few megabytes."""
_MODULUS = 2**256


class BackupUnusable(CoalitionError):
    """A file that is no whole backup, or whose content is not what it was."""

    code = "backup_unusable"
    detail = N_("{path}: {why}. Nothing was restored from it.")
    public = False
    path: Path
    why: str


@dataclass(frozen=True, slots=True)
class Contents:
    """What a table has: how many rows, and a sum of their hashes, which does not depend on their order."""

    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where a book stands: its last posting, and the end of its hash chain."""

    name: str
    next_posting: int
    chain: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup must hold. `made_at` is microseconds since 1970 UTC, `sha256` is by table, of its lines."""

    format: int
    revision: str
    made_at: int
    tables: Mapping[str, Contents]
    sha256: Mapping[str, str]
    heads: Sequence[Head]

    def as_json(self) -> bytes:
        """As it is in the file."""
        # The names of tables are of a kind of str that is SQLAlchemy's own.
        options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS
        return orjson.dumps(asdict(self), option=options)

    @classmethod
    def of_json(cls, text: bytes) -> "Manifest":
        """Out of the file. Raises ValueError, KeyError or TypeError where it is not a manifest."""
        fields = orjson.loads(text)
        return cls(
            fields["format"],
            fields["revision"],
            fields["made_at"],
            {name: Contents(**of) for name, of in fields["tables"].items()},
            fields["sha256"],
            [Head(**head) for head in fields["heads"]],
        )


class Digest:
    """Adds up the hashes of rows."""

    def __init__(self) -> None:
        self._rows, self._sum = 0, 0

    def add(self, line: bytes) -> None:
        """One row's line."""
        self._rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(line).digest())) % _MODULUS

    @property
    def contents(self) -> Contents:
        """What was added."""
        return Contents(self._rows, f"{self._sum:064x}")


def tables() -> list[Table]:
    """All tables, each after those that it refers to."""
    return metadata.sorted_tables


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """A table's rows as lines, without their ends."""
    binary = _binary(table)
    for row in connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table)):
        yield orjson.dumps(_encoded(row, binary))


def contents_of(connection: Connection, table: Table) -> Contents:
    """What a table has now."""
    digest = Digest()
    for line in lines(connection, table):
        digest.add(line)
    return digest.contents


def row_of(table: Table, line: bytes) -> dict[str, Any]:
    """A line as values by column. Raises ValueError where it is none of this table's."""
    values = orjson.loads(line)
    for at in _binary(table):
        if values[at] is not None:
            values[at] = base64.b64decode(values[at], validate=True)
    return dict(zip((column.name for column in table.columns), values, strict=True))


def rows_of(file: zipfile.ZipFile, path: Path, manifest: Manifest, table: Table) -> Iterator[list[bytes]]:
    """A table's lines, some at a time: never more than the manifest counts, and none that is too long.

    Raises BackupUnusable. So a file that unpacks to far more than it should is refused before memory or disk are full.
    """
    left = manifest.tables[table.name].rows
    with file.open(f"{table.name}.jsonl") as entry:
        chunk: list[bytes] = []
        while line := entry.readline(LINE_BYTES_MAX + 1):
            left -= 1
            if left < 0 or len(line) > LINE_BYTES_MAX:
                raise BackupUnusable(path, Phrase("{table:code} has more than the manifest says", table=table.name))
            chunk.append(line)
            if len(chunk) == ROWS_AT_ONCE:
                yield chunk
                chunk = []
        if chunk:
            yield chunk


@contextmanager
def _decrypted(raw: IO[bytes], path: Path, key: BackupKey | None) -> Iterator[IO[bytes]]:
    """What is in a file: itself where it is not encrypted, and nobody expects it to be."""
    kind = kind_of(raw)
    if kind is None:
        if key is not None:
            raise BackupUnusable(path, Phrase("it is not encrypted, so anybody may have written it"))
        raw.seek(0)
        yield raw
        return
    if key is None or key.kind is not kind:
        by = {KeyKind.FILE: Phrase("a key file"), KeyKind.PASSPHRASE: Phrase("a passphrase")}[kind]
        raise BackupUnusable(path, Phrase("it is encrypted with {key}", key=by))
    # It has no name, so nobody else opens it, and it is gone with this process.
    with tempfile.TemporaryFile() as whole:
        try:
            decrypt(raw, key, whole.write)
        except ValueError:
            raise BackupUnusable(path, Phrase("it was made with another key, or was changed or cut short")) from None
        whole.seek(0)
        yield whole


@contextmanager
def opened(path: Path, key: BackupKey | None = None) -> Iterator[tuple[zipfile.ZipFile, Manifest]]:
    """A backup and its manifest. Raises BackupUnusable where the file is no whole one, or `key` not its own."""
    try:
        with path.open("rb") as raw, _decrypted(raw, path, key) as whole, zipfile.ZipFile(whole) as file:
            if file.getinfo(MANIFEST).file_size > MANIFEST_BYTES_MAX:
                raise BackupUnusable(path, Phrase("its manifest is too long"))
            manifest = Manifest.of_json(file.read(MANIFEST))
            if manifest.format != FORMAT:
                raise BackupUnusable(
                    path,
                    Phrase(
                        "it has format {found}, and this version reads {known}", found=manifest.format, known=FORMAT
                    ),
                )
            yield file, manifest
    except OSError as error:
        raise BackupUnusable(path, Phrase("it can't be read ({reason})", reason=error.strerror or error)) from None
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, EOFError) as error:
        raise BackupUnusable(path, Phrase("it is cut short or damaged ({reason})", reason=error)) from None


def _binary(table: Table) -> list[int]:
    return [at for at, column in enumerate(table.columns) if column.type.python_type is bytes]


def _encoded(row: "Row[Any]", binary: Sequence[int]) -> list[object]:
    values = list(row)
    for at in binary:
        if values[at] is not None:
            values[at] = base64.b64encode(values[at]).decode()
    return values
