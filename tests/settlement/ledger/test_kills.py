"""kill -9: whatever moment a process or the server dies at, what was answered is there and the book is whole."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from random import Random

import pytest

from settlement import DatabaseUnusable
from settlement.audit import audit_book
from settlement.ledger import Answer, Book, Capture, Database, Earn, Hold, Poster, Posting, Session, Spend
from tests.conftest import create_tables
from tests.support.books import BookClient, balances, check_book, make_book
from tests.support.clock import HOUR, Clock
from tests.support.effort import EFFORT
from tests.support.postgres import PostgresServer
from tests.support.workers import PROCESSES, DyingSession, Place, post_and_die, post_until_killed

KILLS = 23 * EFFORT
SERVER_KILLS = 2 * EFFORT
LATER = 20251231


def place_of(book: Book) -> Place:
    return Place(book.database.url.render_as_string(hide_password=False), book.settings.name, book.clock())


def stored_keys(book: Book, session: Session) -> set[str]:
    return {key for (key,) in session.rows("SELECT key FROM postings WHERE alliance_id = ?", book.alliance_id)}


def run_to_death(target: Callable[..., None], *arguments: object) -> None:
    """Run a process that kills itself."""
    process = PROCESSES.Process(target=target, args=arguments)
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    process.close()


# -- at every boundary ------------------------------------------------------------------------------------------


@pytest.fixture
def town(book: Callable[..., Book], session: Session, clock: Clock) -> Book:
    """A book with something to spend, to capture and to retry in it."""
    town = book()
    till = BookClient(town, session)
    till.take(Earn("bakery", "ann", 1_000_000, LATER))
    for _ in range(200):
        till.take(Hold("cafe", "ann", 10, clock() + HOUR))
    return town


def batch_of(town: Book, number: int) -> Sequence[Posting]:
    """A batch that writes to every table; its hold is one that no batch before it has touched."""
    legs = (
        [Spend("cafe", "ann", 5), Earn("cafe", "ann", 1, LATER)],
        [Capture(2 + number, 7)],
        [Hold("diner", "ann", 3, town.clock() + HOUR)],
        [Spend("cafe", "nobody", 1)],
        [Earn("diner", f"new {number}", 9, LATER)],
    )
    return [Posting(f"{number}.{part}", town.clock(), {"part": part}, these) for part, these in enumerate(legs)]


def test_a_batch_is_there_as_a_whole_or_not_at_all_wherever_its_process_dies(town: Book, session: Session) -> None:
    numbers = count()
    counting = DyingSession(session)
    Book.open(town.database, town.settings.name, town.clock).post(batch_of(town, next(numbers)), counting)
    deaths = [(last, after) for last in range(1, counting.calls + 1) for after in (False, True)]
    written = []
    for last, after in deaths:
        batch = batch_of(town, next(numbers))
        before = balances(town, session)
        run_to_death(post_and_die, place_of(town), batch, last, after)
        stored = stored_keys(town, session) & {request.key for request in batch}
        assert len(stored) in (0, len(batch))
        assert bool(stored) == (balances(town, session) != before)
        written.append(bool(stored))
        outcomes = town.post(batch, session)
        assert [isinstance(outcome, Answer) and outcome.replayed for outcome in outcomes] == [bool(stored)] * len(batch)
        check_book(town)
    # Only the very last step of all, after the commit, leaves the batch behind.
    assert written == [False] * (len(deaths) - 1) + [True]
    assert audit_book(town, session).ok


# -- at any moment ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["straight", "posted"])
def test_what_was_answered_outlives_its_process(
    book: Callable[..., Book], session: Session, tmp_path: Path, way: str
) -> None:
    town = book()
    draw = Random(4)
    acknowledged = tmp_path / "acknowledged"
    acknowledged.touch()
    for run in range(KILLS):
        size = acknowledged.stat().st_size
        process = PROCESSES.Process(target=post_until_killed, args=(place_of(town), run, acknowledged, way == "posted"))
        process.start()
        while acknowledged.stat().st_size == size:
            time.sleep(0.001)
        time.sleep(draw.random() * 0.05)
        process.kill()
        process.join()
        process.close()
        answered = acknowledged.read_text().splitlines()
        assert stored_keys(town, session).issuperset(answered)
        # Of what was not answered, at most one batch a run may be there all the same.
        assert len(stored_keys(town, session)) <= len(answered) + 3 * (run + 1)
    check_book(town)
    assert audit_book(town, session).ok


# -- the server itself --------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A PostgreSQL of the test's own, on the disk and with fsync on, as in production."""
    server = PostgresServer(Path(tempfile.mkdtemp(prefix="coalition-")), durable=True)
    server.remove_when_gone(os.getpid())
    server.start()
    yield server
    server.remove()


def test_what_was_answered_outlives_the_server(server: PostgresServer, clock: Clock) -> None:
    server.execute("CREATE DATABASE book")
    create_tables(server.url("book"))
    database = Database(server.url("book"))
    town = make_book(database, clock)
    answered: list[str] = []
    for run in range(SERVER_KILLS):
        with closing(Poster(town)) as poster, ThreadPoolExecutor(1) as pool:
            posting = pool.submit(post_until_it_fails, poster, run, clock(), answered)
            time.sleep(0.3)
            server.kill()
            assert isinstance(posting.result(), DatabaseUnusable)
        server.start()
        # Connections of before are of no use any more; that is what the pool is for.
        with closing(database.session()) as session:
            assert len(answered) > run
            assert stored_keys(town, session).issuperset(answered)
            check_book(town)
            assert audit_book(town, session).ok
    database.close()


def post_until_it_fails(poster: Poster, run: int, now: int, answered: list[str]) -> Exception:
    for number in count():
        request = Posting(f"{run}.{number}", now, {}, [Earn("bakery", f"m{number % 5}", 1, LATER)])
        try:
            poster.post(request)
        except DatabaseUnusable as error:
            return error
        answered.append(request.key)
    raise AssertionError
