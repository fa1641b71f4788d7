"""Open an alliance: its book and its programme."""

from coalition.programme.rules import AllianceRules
from coalition.programme.store import add_programme
from settlement.ledger import Book, Clock, Database


def open_alliance(database: Database, rules: AllianceRules, clock: Clock, *, sandbox: bool = False) -> Book:
    """Open an alliance under these rules, or find the very same one. Raises BookExists if it differs.

    The book comes first: an interruption leaves a book that the same call gives its programme.
    """
    book = Book.create(database, rules.book_settings, rules.first_terms, clock)
    with database.engine.begin() as connection:
        add_programme(connection, book.alliance_id, rules.earning, sandbox=sandbox)
    return book
