"""Alembic's entry: migrate the database that the settings, or the caller's connection, name."""

from alembic import context
from alembic.runtime.migration import MigrationInfo
from sqlalchemy import Connection

from coalition.schema import metadata
from coalition.settings import Settings
from settlement.ledger import Database, stop_alliance_statistics


def _run(connection: Connection) -> None:
    upgraded = []

    def note(step: MigrationInfo, **_: object) -> None:
        if step.is_upgrade:
            upgraded.append(step.up_revision_id)

    context.configure(
        connection=connection,
        target_metadata=metadata,
        # SQLite can't alter most of a table in place; batch mode copies it.
        render_as_batch=connection.dialect.name == "sqlite",
        on_version_apply=note,  # type: ignore[arg-type] # it is called by names
    )
    with context.begin_transaction():
        context.run_migrations()
        if upgraded:
            # Whichever migration made a table, one of a plugin too.
            stop_alliance_statistics(connection)


connection: Connection | None = context.config.attributes.get("connection")
if connection is not None:
    _run(connection)
else:
    database = Database(Settings().database_url)
    with database.engine.connect() as opened:
        _run(opened)
    database.close()
