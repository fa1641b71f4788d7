"""Open an alliance: its book and its programme."""

from coalition.programme.rules import AllianceRules
from coalition.programme.store import add_programme
from settlement.ledger import Book, Clock, Database


def open_alliance(database: Database, rules: AllianceRules, clock: Clock, *, sandbox: bool = False) -> Book:
    """Open an alliance with these rules, or return the existing one if it has the same. Raises BookExists if not.

    The book is created first. After a crash the same call adds the programme.
    """
    book = Book.create(database, rules.book_settings, rules.first_terms, clock)
    with database.engine.begin() as connection:
        add_programme(
            connection,
            book.alliance_id,
            rules.earning,
            sandbox=sandbox,
            spend_by_id_minor=rules.spend_by_id_up_to_minor,
        )
    return book
