"""Which alliances of a database are served: a replay into one of those is not to happen by mistake."""

from sqlalchemy import select, union

from coalition.access.tables import api_keys, users
from settlement.ledger import Database, book_name


def served_alliances(database: Database) -> list[str]:
    """The names of the alliances that anybody has a key or a log-in for, in order."""
    with database.engine.connect() as connection:
        ids = connection.execute(union(select(api_keys.c.alliance_id), select(users.c.alliance_id))).scalars().all()
    return sorted(name for id_ in ids if (name := book_name(database, id_)) is not None)
