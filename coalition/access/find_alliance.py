"""Find the alliance that a person wants to log in to."""

from settlement.ledger import Database, book_id, book_names


def find_alliance_id(database: Database, name: str | None) -> int | None:
    """The id of the alliance of this name; without a name, the id of the only one. None if there is no such alliance.

    None too if no name is given and the database has several alliances.
    """
    if name is None:
        names = book_names(database)
        if len(names) != 1:
            return None
        name = names[0]
    return book_id(database, name)
