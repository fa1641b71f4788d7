"""Which alliance somebody means who is not logged in yet."""

from settlement.ledger import Database, book_id, book_names


def alliance_meant(database: Database, name: str | None) -> int | None:
    """The id of the alliance of this name, or of the only one where no name is given; None where it is unclear."""
    if name is None:
        names = book_names(database)
        if len(names) != 1:
            return None
        name = names[0]
    return book_id(database, name)
