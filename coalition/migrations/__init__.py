"""The one history of the database's schema, for both packages."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from coalition.discovery import folders_of, plugins
from settlement import DatabaseUnusable, Phrase
from settlement.ledger import Database

if TYPE_CHECKING:
    from alembic.config import Config

REVISION = re.compile(r'^revision = "(\w+)"', re.MULTILINE)
DOWN_REVISION = re.compile(r'^down_revision = "(\w+)"', re.MULTILINE)
ADVISORY_LOCK = 5_023_710_649
"""Any number that nothing else in the database locks."""


def migrate(database: Database) -> None:
    """Bring a database to the newest schema; a new one is made from nothing, whole or not at all.

    Processes that start together may all call it: one does the work, the others wait. Raises DatabaseUnusable.
    """
    with database.engine.connect() as connection:
        if _is_newest(connection):
            return
        connection.rollback()
        # Only who has something to bring up to date loads the library for it.
        from alembic import command
        from alembic.util import CommandError

        config = _config()
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
    return _listed(_heads())


def revision_of(connection: Connection) -> str:
    """The revision of a database's schema, in the same form."""
    return _listed(_current(connection))


def _listed(heads: Iterable[str]) -> str:
    return ", ".join(sorted(heads)) or "none"


def _folders() -> list[Path]:
    """Where the migrations are: here, and in the folder `migrations` of each plugin, as a branch of its own."""
    folders = [Path(__file__).parent / "versions"]
    for plugin in plugins():
        folders += [path for folder in folders_of(plugin) if (path := Path(folder, "migrations")).is_dir()]
    return folders


def _config() -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _escaped(Path(__file__).parent))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("version_locations", "\n".join(map(_escaped, _folders())))
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _is_newest(connection: Connection) -> bool:
    return _current(connection) == _heads()


def _current(connection: Connection) -> set[str]:
    """The revisions that a database says it is at; none where it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return set()
    return set(connection.execute(text("SELECT version_num FROM alembic_version")).scalars())


def _heads() -> set[str]:
    """The last revision of each branch, read from the migrations' text: to import them all takes half a second."""
    texts = [path.read_text(encoding="utf-8") for folder in _folders() for path in folder.glob("*.py")]
    revisions = {match[1] for each in texts if (match := REVISION.search(each))}
    return revisions - {match[1] for each in texts if (match := DOWN_REVISION.search(each))}
