"""The one history of the database's schema, for both packages."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from settlement import DatabaseUnusable
from settlement.ledger import Database

ADVISORY_LOCK = 5_023_710_649
"""Any number that nothing else in the database locks."""


def migrate(database: Database) -> None:
    """Bring a database to the newest schema; a new one is made from nothing, whole or not at all.

    Processes that start together may all call it: one does the work, the others wait. Raises DatabaseUnusable.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with database.engine.connect() as connection:
        if _is_newest(config, connection):
            return
        connection.rollback()
        # SQLite's driver would only begin a transaction at the first row that is written.
        lock = "BEGIN IMMEDIATE" if database.is_sqlite else f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"
        connection.exec_driver_sql(lock)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            why = f"its schema is not one that this version knows ({error}); was it made by a newer one?"
            raise DatabaseUnusable(database.shown_url, why) from error
        except DatabaseUnusable as error:
            why = f"{error.why}; so its tables can't be made: name a database that is coalition's own"
            raise DatabaseUnusable(database.shown_url, why) from error
        connection.commit()
    # SQLite plans by the statistics that there were when a connection was opened.
    database.close()


def newest_revision() -> str:
    """The newest revision that this version knows."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return str(ScriptDirectory.from_config(config).get_current_head())


def _is_newest(config: Config, connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(config).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)
