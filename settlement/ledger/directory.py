"""Which books a database has, and what they are called: the rows that name them."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import fields

from settlement.calendar import FOREVER_AGO
from settlement.errors import BookExists
from settlement.ledger import tables
from settlement.ledger.chain import GENESIS
from settlement.ledger.config import BookSettings, cutoff_text, load_eras
from settlement.ledger.database import Database
from settlement.ledger.errors import NameTaken
from settlement.ledger.header import Header
from settlement.ledger.session import Session
from settlement.terms import Terms

LATEST_NAME = (
    "COALESCE((SELECT e.name FROM eras AS e WHERE e.alliance_id = b.alliance_id ORDER BY e.starts_at DESC LIMIT 1), "
    "b.name)"
)
"""The name that an alliance agreed on last."""


def book_names(database: Database) -> list[str]:
    """Names of all alliances in a database, in order: of each the one that was agreed on last."""
    with closing(database.session()) as session:
        return sorted(name for (name,) in session.rows(f"SELECT {LATEST_NAME} FROM books AS b"))


def book_ids(database: Database) -> list[int]:
    """Ids of all alliances in a database, in order."""
    with closing(database.session()) as session:
        return [id_ for (id_,) in session.rows("SELECT alliance_id FROM books ORDER BY alliance_id")]


def book_name(database: Database, alliance_id: int) -> str | None:
    """The name that an alliance agreed on last; None where there is none of that id."""
    with closing(database.session()) as session:
        rows = session.rows(f"SELECT {LATEST_NAME} FROM books AS b WHERE alliance_id = ?", alliance_id)
    return rows[0][0] if rows else None


def book_id(database: Database, name: str) -> int | None:
    """The id of the alliance that has, had or will have that name; None where there is none."""
    with closing(database.session()) as session:
        return _id_of(session, name)


def find_book(session: Session, name: str) -> tuple[int, Sequence[BookSettings]] | None:
    """Id and eras of the book that has, had or will have that name."""
    alliance_id = _id_of(session, name)
    return None if alliance_id is None else (alliance_id, load_eras(session, alliance_id))


def insert_book(session: Session, alliance_id: int, settings: BookSettings) -> Header:
    """Add a book in which nothing has happened yet."""
    header = Header(1, 1, FOREVER_AGO, 1, 1, 1, GENESIS)
    row = (
        alliance_id,
        settings.name,
        settings.currency,
        settings.minor_digits,
        settings.timezone,
        cutoff_text(settings.cutoff),
        header.closed_until,
        header.next_posting,
        header.next_account,
        header.next_batch,
        header.version,
        header.config_version,
        header.chain,
    )
    session.insert(tables.books, [row])
    return header


def check_name(session: Session, alliance_id: int, name: str) -> None:
    """Raise NameTaken where another book has, had or will have the name."""
    if _id_of(session, name) not in (None, alliance_id):
        raise NameTaken(name)


def check_same(name: str, stored: BookSettings | Terms, asked: BookSettings | Terms) -> None:
    """Raise BookExists where a book of that name has other settings or terms than was asked for."""
    for field in fields(stored):
        if getattr(stored, field.name) != getattr(asked, field.name):
            raise BookExists(name, field.name, getattr(stored, field.name), getattr(asked, field.name))


def _id_of(session: Session, name: str) -> int | None:
    rows = session.rows(
        "SELECT alliance_id FROM books WHERE name = ? UNION SELECT alliance_id FROM eras WHERE name = ?", name, name
    )
    return rows[0][0] if rows else None
