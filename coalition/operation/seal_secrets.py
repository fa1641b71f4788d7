"""Seal the secrets of a database anew: those that are plain still, and those of a key that is to go."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, TypeCoerce, select, type_coerce, update

from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.schema import metadata
from coalition.sealing import MARK, SealedBytes, SealedText, keyring, opened
from settlement.ledger import Database


class SecretsKeyMissing(CoalitionError):
    """There is no key to seal with."""

    code = "secrets_key_missing"
    detail = N_(
        "There is no key to seal with. `coalition secrets create-key FILE` makes one; name it in "
        "COALITION_SECRETS_KEY_FILE."
    )
    public = False


def seal_secrets(database: Database) -> int:
    """Seal every secret with the first key; returns how many. Raises SecretsKeyMissing, SecretsSealed.

    All of them or none. One that is changed meanwhile is left as it was changed: it was sealed as it was written.
    """
    if keyring() is None:
        raise SecretsKeyMissing
    with database.engine.begin() as connection:
        return sum(_seal(connection, table, column) for table, column in sealed_columns())


def plain_secrets(connection: Connection) -> int:
    """How many secrets are not sealed. Raises SecretsSealed where a sealed one can't be opened."""
    plain = 0
    for _, column in sealed_columns():
        for (stored,) in connection.execute(select(_stored(column)).where(column.is_not(None))):
            raw = _raw(stored)
            opened(raw)
            plain += not raw.startswith(MARK)
    return plain


def sealed_columns() -> Iterator[tuple[Table, Column[str] | Column[bytes]]]:
    """Each column of secrets, with its table."""
    for table in metadata.sorted_tables:
        yield from ((table, column) for column in table.c if isinstance(column.type, SealedText | SealedBytes))


def _seal(connection: Connection, table: Table, column: "Column[str] | Column[bytes]") -> int:
    keys, stored = list(table.primary_key), _stored(column)
    sealed = 0
    for *names, value in connection.execute(select(*keys, stored).where(column.is_not(None))).all():
        secret = opened(_raw(value))
        changed = connection.execute(
            update(table)
            .where(*(key == name for key, name in zip(keys, names, strict=True)), stored == value)
            .values({column: secret if isinstance(value, bytes) else secret.decode()})
        )
        sealed += changed.rowcount
    return sealed


def _stored(column: "Column[str] | Column[bytes]") -> "TypeCoerce[Any]":
    """A column as it is stored."""
    return type_coerce(column, Text() if isinstance(column.type, SealedText) else LargeBinary())


def _raw(stored: "str | bytes | memoryview") -> bytes:
    return stored.encode() if isinstance(stored, str) else bytes(stored)
