"""The one history of the database's schema, for both packages."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from coalition.discovery import folders_of, plugins
from settlement import DatabaseUnusable, Phrase
from settlement.ledger import Database

ADVISORY_LOCK = 5_023_710_649
"""Any number that nothing else in the database locks."""


def migrate(database: Database) -> None:
    """Bring a database to the newest schema; a new one is made from nothing, whole or not at all.

    Processes that start together may all call it: one does the work, the others wait. Raises DatabaseUnusable.
    """
    config = _config()
    with database.engine.connect() as connection:
        if _is_newest(config, connection):
            return
        connection.rollback()
        # SQLite's driver would only begin a transaction at the first row that is written.
        lock = "BEGIN IMMEDIATE" if database.is_sqlite else f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"
        connection.exec_driver_sql(lock)
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "heads")
        except CommandError as error:
            why = Phrase(
                "this version does not know its schema ({reason}); it may have been made by a newer one", reason=error
            )
            raise DatabaseUnusable(database.public_url, why) from error
        except DatabaseUnusable as error:
            why = Phrase("{why}; so its tables can't be made: name a database of its own for coalition", why=error.why)
            raise DatabaseUnusable(database.public_url, why) from error
        connection.commit()
    # SQLite plans by the statistics that there were when a connection was opened.
    database.close()


def newest_revision() -> str:
    """The newest revision that this version knows, with that of each plugin that has tables."""
    return _listed(ScriptDirectory.from_config(_config()).get_heads())


def revision_of(connection: Connection) -> str:
    """The revision of a database's schema, in the same form."""
    return _listed(MigrationContext.configure(connection).get_current_heads())


def _listed(heads: Iterable[str]) -> str:
    return ", ".join(sorted(heads)) or "none"


def _config() -> Config:
    """Where the migrations are: here, and in the folder `migrations` of each plugin, as a branch of its own."""
    here = Path(__file__).parent
    folders = [here / "versions"]
    for plugin in plugins():
        folders += [path for folder in folders_of(plugin) if (path := Path(folder, "migrations")).is_dir()]
    config = Config()
    config.set_main_option("script_location", _escaped(here))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(_escaped, folders)))
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _is_newest(config: Config, connection: Connection) -> bool:
    newest = ScriptDirectory.from_config(config).get_heads()
    return set(MigrationContext.configure(connection).get_current_heads()) == set(newest)
