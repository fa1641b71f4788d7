"""Connections are shared: many alliances at work, few connections, and nobody gets one that is not sound."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import text

from settlement.errors import DatabaseUnusable
from settlement.ledger import Book, Database, Earn, Poster
from settlement.ledger.database import SESSIONS_MAX
from settlement.ledger.session import Session
from settlement.ledger.session_pool import SessionPool
from tests.support.books import check_book, make_settings
from tests.support.poster_client import PosterClient, answer_of

LATER = 20251231
ALLIANCES = 24
ROUNDS = 5


@pytest.fixture
def pool(database: Database) -> Iterator[SessionPool]:
    with closing(SessionPool(database._connect, "url", 2, 2, wait_seconds=0.2)) as pool:
        yield pool
        for session in list(pool._in_use):
            session.close()


def test_many_alliances_post_at_once_over_few_connections(database: Database, book: Callable[..., Book]) -> None:
    towns = [book(make_settings(name=f"Town {n}")) for n in range(ALLIANCES)]
    posters = [Poster(town) for town in towns]
    most = [0]

    def post(poster: Poster) -> list[int | None]:
        client = PosterClient(poster)
        return [answer_of(client.ask(Earn("bakery", f"m{n}", 5, LATER))).refusal for n in range(ROUNDS)]

    def count() -> None:
        while not done.wait(0.01):
            with database.engine.connect() as connection:
                query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                most[0] = max(most[0], connection.execute(text(query)).scalar_one())

    done = threading.Event()
    watcher = threading.Thread(target=count)
    if not database.is_sqlite:
        watcher.start()
    with ThreadPoolExecutor(ALLIANCES) as threads:
        answered = list(threads.map(post, posters))
    done.set()
    if not database.is_sqlite:
        watcher.join()
        # Those who write and those who decide, one read by the test, the watcher's own and another of the engine.
        assert 0 < most[0] <= 2 * SESSIONS_MAX + 3
    for poster, town in zip(posters, towns, strict=True):
        poster.close()
        check_book(town)
    assert answered == [[None] * ROUNDS] * ALLIANCES


def test_a_poster_to_which_nobody_comes_has_no_thread_and_answers_the_next_all_the_same(
    book: Callable[..., Book],
) -> None:
    with closing(Poster(book(), idle_seconds=0.05)) as poster:
        client = PosterClient(poster)
        for _ in range(3):
            assert poster._thread is None
            assert answer_of(client.ask(Earn("bakery", "ann", 5, LATER))).refusal is None
            thread = poster._thread
            if thread is not None:
                thread.join(30)
                assert not thread.is_alive()
        assert answer_of(client.ask(Earn("bakery", "ann", 5, LATER))).refusal is None
    assert poster._thread is None


def test_a_session_that_is_given_back_is_the_next_ones(pool: SessionPool) -> None:
    first = pool.take()
    first.close()
    first.close()
    second = pool.take()
    assert second is first
    assert pool.take() is not first


def test_whoever_gets_none_in_time_is_told_so(pool: SessionPool) -> None:
    both_are_there = threading.Barrier(2)

    def take() -> Session:
        both_are_there.wait()
        return pool.take()

    with ThreadPoolExecutor(2) as threads:
        taken = [waiting.result() for waiting in [threads.submit(take) for _ in range(2)]]
    with pytest.raises(DatabaseUnusable, match="2 connections"):
        pool.take()
    taken[0].close()
    assert pool.take() is taken[0]


def test_a_thread_gets_a_second_one_beyond_the_limit(pool: SessionPool) -> None:
    sessions = [pool.take() for _ in range(3)]
    assert len(set(sessions)) == 3
    for session in sessions:
        session.close()
    assert [pool.take() for _ in range(2)] == [sessions[1], sessions[0]]


def test_a_session_with_an_open_transaction_goes_to_nobody_else(pool: SessionPool) -> None:
    session = pool.take()
    session._begin()
    session.close()
    with pool.take().transaction():
        pass


def test_a_session_that_failed_goes_to_nobody_else(pool: SessionPool) -> None:
    session = pool.take()
    with pytest.raises(DatabaseUnusable):
        session.rows("SELECT nothing FROM nowhere")
    session.close()
    assert pool.take() is not session


def test_sessions_that_the_server_hung_up_on_go_to_nobody(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database:
        with closing(database.session()) as session:
            number = session.rows("SELECT pg_backend_pid()")[0][0]
        with database.engine.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(:number, 5000)"), {"number": number})
        with closing(database.session()) as session:
            assert session.rows("SELECT pg_backend_pid()")[0][0] != number
