"""The poster while its database fails: every caller hears the truth, and is served again once it works."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager

import pytest
from sqlalchemy import text

from settlement import DatabaseUnusable
from settlement.ledger import (
    AccountKind,
    Answer,
    Book,
    Database,
    Earn,
    Poster,
    PostingOutcome,
    Session,
    Spend,
)
from tests.support.books import check_book, make_book, shop_balance
from tests.support.clock import Clock
from tests.support.poster_client import PATIENCE, PosterClient, answer_of, key_ids, lock_held, outcome_of
from tests.support.postgres import PostgresServer

LATER = 20251231


@pytest.fixture
def town(book: Callable[..., Book]) -> Book:
    return book()


@pytest.fixture
def client(town: Book) -> Iterator[PosterClient]:
    with closing(Poster(town)) as poster:
        yield PosterClient(poster)


@contextmanager
def cut_off(town: Book, postgres: PostgresServer) -> Iterator[None]:
    """PostgreSQL lets nobody in and ends every connection of this database."""
    name = town.database.url.database
    postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
    postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    try:
        yield
    finally:
        postgres.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")


@contextmanager
def without_a_table(town: Book) -> Iterator[None]:
    """The database answers, but what it is asked for is not there."""
    rename = "ALTER TABLE {} RENAME TO {}"
    with town.database.engine.begin() as connection:
        connection.execute(text(rename.format("books", "books_away")))
    try:
        yield
    finally:
        with town.database.engine.begin() as connection:
            connection.execute(text(rename.format("books_away", "books")))


@pytest.fixture
def postgres_town(postgres_url: str, clock: Clock) -> Iterator[Book]:
    database = Database(postgres_url)
    yield make_book(database, clock)
    database.close()


def hear_that_it_is_gone(client: PosterClient) -> None:
    """Everybody is told, those who wait in a thread and those who wait in a coroutine, and nobody waits long."""
    futures = [client.ask(Earn("bakery", "ann", 1, LATER)) for _ in range(20)]
    assert {type(outcome_of(future)) for future in futures} == {DatabaseUnusable}
    assert len({id(outcome_of(future)) for future in futures}) == 20
    with pytest.raises(DatabaseUnusable):
        asyncio.run(client.poster.post_async(client.posting(Earn("bakery", "ann", 1, LATER))))


def test_a_connection_that_was_lost_while_idle_fails_nobody(postgres_town: Book, postgres: PostgresServer) -> None:
    with closing(Poster(postgres_town)) as poster:
        client = PosterClient(poster)
        for _ in range(5):
            client.take(Earn("bakery", "ann", 1, LATER))
            with cut_off(postgres_town, postgres):
                pass
            futures = [client.ask(Earn("bakery", "ann", 1, LATER)) for _ in range(3)]
            assert [answer_of(future).refusal for future in futures] == [None] * 3
    with closing(postgres_town.database.session()) as session:
        assert shop_balance(postgres_town, session, AccountKind.LOT, "ann") == 5 * 4
    check_book(postgres_town)


def test_connections_that_are_lost_at_work_lose_no_answer(postgres_town: Book, postgres: PostgresServer) -> None:
    working = threading.Event()

    def caller(name: int) -> list[Answer]:
        answers = []
        for number in range(150):
            working.set()
            posting = client.posting(Earn("bakery", "ann", 1, LATER), key=f"{name}.{number}")
            try:
                answers.append(client.poster.post(posting))
            except DatabaseUnusable:
                # Asked again under its key, it is posted once, whether or not it was posted before.
                answers.append(client.poster.post(posting))
        return answers

    with closing(Poster(postgres_town)) as poster, ThreadPoolExecutor(4) as threads:
        client = PosterClient(poster)
        callers = [threads.submit(caller, name) for name in range(4)]
        working.wait(PATIENCE)
        for _ in range(3):
            time.sleep(0.03)
            name = postgres_town.database.url.database
            postgres.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
        answers = [answer for future in callers for answer in future.result(PATIENCE)]
    with closing(postgres_town.database.session()) as session:
        assert sorted(key_ids(postgres_town, session).values()) == sorted(answer.posting_id for answer in answers)
        assert shop_balance(postgres_town, session, AccountKind.LOT, "ann") == len(answers) == 600
    check_book(postgres_town)


def ask_three_large(client: PosterClient) -> "list[Future[list[PostingOutcome]]]":
    return client.ask_in_turn(
        *([client.posting(Earn("bakery", "ann", 1, LATER)) for _ in range(300)] for _ in range(3))
    )


def test_a_connection_that_is_lost_with_large_batches_under_way_loses_no_answer(
    postgres_town: Book, postgres: PostgresServer
) -> None:
    name = postgres_town.database.url.database
    with closing(Poster(postgres_town)) as poster:
        client = PosterClient(poster)
        client.take(Earn("bakery", "ann", 1, LATER))
        with lock_held(postgres_town):
            asked = ask_three_large(client)
            postgres.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                f"WHERE datname = '{name}' AND wait_event_type = 'Lock'"
            )
        answers = [outcome for future in asked for outcome in future.result(PATIENCE)]
    with closing(postgres_town.database.session()) as session:
        ids = [answer.posting_id for answer in answers if isinstance(answer, Answer)]
        assert ids == list(range(2, 902))
        assert sorted(key_ids(postgres_town, session).values()) == [1, *ids]
    check_book(postgres_town)


def test_large_batches_that_have_queued_up_share_a_commit(postgres_town: Book) -> None:
    with closing(Poster(postgres_town)) as poster, closing(postgres_town.database.session()) as session:
        client = PosterClient(poster)
        client.take(Earn("bakery", "ann", 1, LATER))
        with lock_held(postgres_town):
            asked = ask_three_large(client)
        for future in asked:
            future.result(PATIENCE)
        # The transaction that wrote a row is its xmin.
        rows = session.rows(
            "SELECT last_posting - first_posting + 1, xmin::text FROM batches "
            "WHERE first_posting <= last_posting ORDER BY id"
        )
    assert [size for size, _ in rows] == [1, 300, 300, 300]
    assert len({by for _, by in rows}) == 2
    check_book(postgres_town)


def test_callers_hear_that_the_server_is_gone_and_are_served_again_when_it_is_back(
    postgres_town: Book, postgres: PostgresServer
) -> None:
    with closing(Poster(postgres_town)) as poster:
        client = PosterClient(poster)
        for _ in range(2):
            client.take(Earn("bakery", "ann", 10, LATER))
            with cut_off(postgres_town, postgres):
                hear_that_it_is_gone(client)
            client.take(Spend("cafe", "ann", 10))
    check_book(postgres_town)


def test_callers_hear_that_the_database_refuses_to_work_and_are_served_again_when_it_does(
    town: Book, client: PosterClient, session: Session
) -> None:
    for _ in range(2):
        client.take(Earn("bakery", "ann", 10, LATER))
        with without_a_table(town):
            hear_that_it_is_gone(client)
        client.take(Spend("cafe", "ann", 10))
    assert len(key_ids(town, session)) == 4
    check_book(town)


def test_a_database_that_another_writer_has_locked_is_waited_for(town: Book, client: PosterClient) -> None:
    client.take(Earn("bakery", "ann", 10, LATER))
    with lock_held(town):
        future = client.ask(Spend("cafe", "ann", 10))
        time.sleep(0.3)
        assert not future.done()
    assert answer_of(future).refusal is None
