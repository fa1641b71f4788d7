"""Alembic's entry: migrate the database that the settings, or the caller's connection, name."""

from alembic import context
from sqlalchemy import Connection

from coalition.schema import metadata
from coalition.settings import Settings
from settlement.ledger import Database


def _run(connection: Connection) -> None:
    # SQLite can't alter most of a table in place; batch mode copies it.
    context.configure(
        connection=connection, target_metadata=metadata, render_as_batch=connection.dialect.name == "sqlite"
    )
    with context.begin_transaction():
        context.run_migrations()


connection: Connection | None = context.config.attributes.get("connection")
if connection is not None:
    _run(connection)
else:
    database = Database(Settings().database_url)
    with database.engine.connect() as opened:
        _run(opened)
    database.close()
