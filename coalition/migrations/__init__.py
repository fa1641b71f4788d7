"""The one history of the database's schema, for both packages."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy.exc import DBAPIError

from settlement import Database, DatabaseUnusable


def migrate(database: Database) -> None:
    """Bring a database to the newest schema; a new one is made from nothing. Raises DatabaseUnusable."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    try:
        with database.engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except DBAPIError as error:
        raise DatabaseUnusable(database.shown_url, str(error.orig).strip()) from error
