"""Sweeps of lots that are over: each lot once, and no day again that was swept."""

from collections.abc import Callable, Iterator
from contextlib import closing

import pytest
from sqlalchemy import text

from settlement.audit import audit_book
from settlement.ledger import AccountKind, Answer, Book, Database, Earn, Posting, Session, sweep_lots
from settlement.ledger.sweeps import LOOKED_BACK_DAYS, LOTS_AT_ONCE
from tests.support.books import make_book
from tests.support.clock import DAY, HOUR, MINUTE, Clock

TODAY, TOMORROW, LATER = 20240515, 20240516, 20251231
OLD_LOTS = 50_000
EMPTIED = text(
    f"INSERT INTO accounts SELECT :alliance, 1000 + n, {AccountKind.LOT:d}, 'member ' || n, 1 + n % 4, "
    f"20230101 + n % 12 * 100, 1, 0 FROM generate_series(1, {OLD_LOTS}) AS n"
)
READ = text("SELECT idx_tup_read FROM pg_stat_user_indexes WHERE indexrelname = 'ix_accounts_expiry'")


def earn(book: Book, session: Session, count: int, expires_on: int, at: int | None = None) -> None:
    """Let so many members earn three points each."""
    now = book.clock() if at is None else at
    postings = [
        Posting(f"{expires_on} {now} {n}", now, {}, [Earn("bakery", f"member {n}", 3, expires_on)], now)
        for n in range(count)
    ]
    assert all(isinstance(answer, Answer) and answer.refusal is None for answer in book.post(postings, session))


def sweep(book: Book, session: Session) -> list[list[str]]:
    """The accounts of the lots that expire now, as they come."""
    swept = []
    for postings in sweep_lots(book, session, book.clock()):
        assert all(isinstance(answer, Answer) and answer.refusal is None for answer in book.post(postings, session))
        swept.append([posting.key.split(":")[1] for posting in postings])
    return swept


def test_each_lot_that_is_over_is_swept_once_however_many_there_are(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    town = book()
    earn(town, session, LOTS_AT_ONCE, TOMORROW)
    earn(town, session, 5, TODAY)
    earn(town, session, 5, LATER)
    clock.forward(2 * DAY)
    first, second = sweep(town, session)
    assert (len(first), len(second)) == (LOTS_AT_ONCE, 5)
    assert len({*first, *second}) == LOTS_AT_ONCE + 5
    assert sweep(town, session) == []
    assert audit_book(town, session).ok


def test_a_sweep_that_is_cut_short_is_begun_again(book: Callable[..., Book], session: Session, clock: Clock) -> None:
    town = book()
    earn(town, session, 2, TODAY)
    clock.forward(DAY)
    next(sweep_lots(town, session, clock()))
    clock.forward((LOOKED_BACK_DAYS + 1) * DAY)
    (swept,) = sweep(town, session)
    assert len(swept) == 2


def test_what_came_to_a_lot_by_a_clock_that_is_behind_is_swept_by_the_next(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    town = book()
    yesterday = clock()
    clock.forward(DAY)
    assert sweep(town, session) == []
    earn(town, session, 1, TODAY, at=yesterday + HOUR)
    clock.forward(MINUTE)
    assert len(sweep(town, session)) == 1


@pytest.fixture
def on_postgres(postgres_url: str) -> Iterator[Database]:
    """A PostgreSQL database of the test's own."""
    with closing(Database(postgres_url)) as database:
        yield database


def test_days_that_were_swept_are_not_read_again(on_postgres: Database, clock: Clock) -> None:
    town = make_book(on_postgres, clock)
    with on_postgres.engine.begin() as connection:
        connection.execute(EMPTIED, {"alliance": town.alliance_id})
    assert swept_and_read(town) == ([], OLD_LOTS)
    with closing(on_postgres.session()) as session:
        earn(town, session, 4, TODAY)
    clock.forward(DAY)
    ((*lots,),), read = swept_and_read(town)
    assert (len(lots), read) == (4, 8)


def swept_and_read(book: Book) -> tuple[list[list[str]], int]:
    """What a sweep of a PostgreSQL's book finds, and how many entries of its index it reads for that."""
    before = entries_read(book.database)
    with closing(book.database.session()) as session:
        swept = sweep(book, session)
    return swept, entries_read(book.database) - before


def entries_read(database: Database) -> int:
    """How many entries have been read of the index; sessions report that when they end."""
    database.close()
    with database.engine.connect() as connection:
        return int(connection.execute(READ).scalar_one())
