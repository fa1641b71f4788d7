"""The tables themselves: what the database refuses, whoever asks."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from settlement import DatabaseUnusable
from settlement.clearing import close_window
from settlement.ledger import Book, Earn, EarnIfAllowed, Participant, Session, metadata
from settlement.ledger.tables import APPEND_ONLY
from tests.support.books import BookClient, check_book
from tests.support.clock import DAY, Clock

COPY_MOVE = "INSERT INTO moves SELECT alliance_id, window_id, posting_id, 9, 1, 1, 1, 1"
OF_ALL_ALLIANCES = {"ix_jobs_due_at", "ix_eras_name", "ix_tills_id", "ix_till_codes_code_hash"}
"""What is asked of all alliances at once: which job is due, whose name this is, and to whom a till belongs."""
HISTORY = [table.name for table in APPEND_ONLY]


@pytest.fixture
def town(book: Callable[..., Book], session: Session, clock: Clock) -> Book:
    """A book with a row in every table of its history."""
    town = book()
    client = BookClient(town, session)
    window = client.take(Earn("bakery", "ann", 1, 20251231)).window_id
    town.add_participants([Participant(0, "kiosk", may_issue=False)])
    client.take(EarnIfAllowed("kiosk", "ann", 1, 20251231))
    clock.forward(7 * DAY)
    close_window(town, session, window)
    town.change_settings(clock() + DAY, lambda settings: replace(settings, name="Another"))
    return town


def refused(town: Book, sql: str) -> str:
    with town.database.engine.connect() as connection, pytest.raises((IntegrityError, DatabaseUnusable)) as error:
        connection.execute(text(sql))
    return str(error.value)


@pytest.mark.parametrize("table", HISTORY)
@pytest.mark.parametrize("sql", ["UPDATE {} SET alliance_id = alliance_id", "DELETE FROM {}"])
def test_history_is_append_only(town: Book, table: str, sql: str) -> None:
    assert f"{table} is append-only" in refused(town, sql.format(table))
    check_book(town)


@pytest.mark.parametrize(
    ("sql", "constraint"),
    [
        ("UPDATE accounts SET balance = -1 WHERE kind = 4", "never_negative"),
        ("UPDATE accounts SET balance = 1 WHERE kind = 1", "never_positive"),
        ("UPDATE outstanding SET points = -1", "points"),
        ("UPDATE outstanding SET set_aside = -1", "set_aside"),
        (f"{COPY_MOVE}, 1, 2, 0 FROM moves", "amount"),
        (f"{COPY_MOVE}, 2, 2, 1 FROM moves", "two_accounts"),
    ],
)
def test_the_database_checks_what_the_book_checks(town: Book, sql: str, constraint: str) -> None:
    assert constraint in refused(town, sql)
    check_book(town)


def test_every_key_begins_with_the_alliance() -> None:
    for table in metadata.tables.values():
        if "alliance_id" in table.columns:
            assert next(iter(table.primary_key)).name == "alliance_id", table
            for index in table.indexes:
                assert index.name in OF_ALL_ALLIANCES or index.columns[0].name == "alliance_id", index
