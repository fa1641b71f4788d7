"""The poster: many callers, few batches, and each caller's answer as if it had been alone with the book."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing, contextmanager
from itertools import count

import pytest
from sqlalchemy import text

from settlement import DatabaseUnusable, KeyReused, SettlementError
from settlement.audit import audit_book
from settlement.errors import ContentMalformed, DataRefused, InstantOutOfRange, KeyMalformed, PosterClosed
from settlement.ledger import (
    AccountKind,
    Answer,
    Book,
    Database,
    Earn,
    Hold,
    Poster,
    Posting,
    PostingOutcome,
    Session,
    Spend,
)
from tests.support.books import check_book, make_book, shop_balance
from tests.support.clock import Clock
from tests.support.poster_client import PATIENCE, PosterClient, answer_of, batches, key_ids, lock_held, outcome_of
from tests.support.postgres import PostgresServer

LATER = 20251231


@pytest.fixture
def town(book: Callable[..., Book]) -> Book:
    return book()


@pytest.fixture
def client(town: Book) -> Iterator[PosterClient]:
    with closing(Poster(town)) as poster:
        yield PosterClient(poster)


# -- many callers -------------------------------------------------------------------------------------------------


def test_each_caller_is_served_in_its_own_order(town: Book, client: PosterClient, session: Session) -> None:
    def caller(name: int) -> list[Answer]:
        # Each earn is spent by the next request, which is not held back until the earn is answered.
        legs = [leg for _ in range(40) for leg in (Earn("bakery", f"m{name}", 5, LATER), Spend("cafe", f"m{name}", 5))]
        return [answer_of(future) for future in [client.ask(leg) for leg in legs]]

    with ThreadPoolExecutor(4) as threads:
        for answers in threads.map(caller, range(4)):
            assert [answer.refusal for answer in answers] == [None] * 80
            ids = [answer.posting_id for answer in answers]
            assert ids == sorted(ids)
    assert shop_balance(town, session, AccountKind.REDEEM, "cafe") == 4 * 40 * 5
    check_book(town)


def test_threads_and_coroutines_share_a_poster(town: Book, client: PosterClient, session: Session) -> None:
    def thread(name: int) -> list[Answer]:
        return [client.post(Earn("bakery", "ann", 1, LATER), key=f"t{name}.{number}") for number in range(25)]

    async def coroutine(name: int) -> list[Answer]:
        asked = (client.posting(Earn("cafe", "ann", 1, LATER), key=f"c{name}.{number}") for number in range(25))
        return [await client.poster.post_async(posting) for posting in asked]

    async def coroutines(names: range) -> list[list[Answer]]:
        return await asyncio.gather(*(coroutine(name) for name in names))

    with ThreadPoolExecutor(6) as threads:
        # Two event loops beside the threads: each is woken for its own answers.
        loops = [threads.submit(asyncio.run, coroutines(names)) for names in (range(4), range(4, 8))]
        found = [*threads.map(thread, range(4)), *(answers for loop in loops for answers in loop.result(PATIENCE))]
    ids = [answer.posting_id for answers in found for answer in answers]
    assert sorted(ids) == sorted(key_ids(town, session).values())
    assert shop_balance(town, session, AccountKind.LOT, "ann") == len(ids) == 300
    assert audit_book(town, session).ok


def test_those_who_wait_share_a_batch(town: Book, client: PosterClient, session: Session) -> None:
    with lock_held(town):
        futures = [client.ask(Earn("bakery", f"m{number}", 1, LATER)) for number in range(300)]
        assert not any(future.done() for future in futures)
    assert [answer_of(future).posting_id for future in futures] == list(range(1, 301))
    assert batches(town, session) <= 4
    check_book(town)


def test_callers_that_wait_for_their_own_answers_are_grouped_under_load(
    town: Book, client: PosterClient, session: Session
) -> None:
    async def caller(name: int) -> None:
        for _ in range(10):
            await client.poster.post_async(client.posting(Earn("bakery", f"m{name}", 1, LATER)))

    async def callers() -> None:
        await asyncio.gather(*(caller(name) for name in range(64)))

    asyncio.run(callers())
    assert len(key_ids(town, session)) == 640
    assert batches(town, session) < 640 / 4


def test_no_batch_is_larger_than_was_asked_for_but_one_request_stays_whole(town: Book, session: Session) -> None:
    with closing(Poster(town, batch_max=10)) as poster:
        client = PosterClient(poster)
        with lock_held(town):
            small = [client.ask(Earn("bakery", "ann", 1, LATER)) for _ in range(45)]
            large = poster.submit([client.posting(Earn("bakery", "ann", 1, LATER)) for _ in range(25)])
        assert len({answer_of(future).posting_id for future in small}) == 45
        assert len(large.result(PATIENCE)) == 25
        assert poster.submit([]).result(PATIENCE) == []
    sizes = [
        last - first + 1
        for first, last in session.rows(
            "SELECT first_posting, last_posting FROM batches WHERE alliance_id = ?", town.alliance_id
        )
    ]
    assert sum(sizes) == 70
    assert sorted(sizes)[-2:] == [10, 25]
    check_book(town)


# -- one bad request ----------------------------------------------------------------------------------------------

BAD: dict[str, tuple[type[SettlementError], Callable[[Posting], Posting]]] = {
    "key reused": (KeyReused, lambda one: one._replace(key="first", content={"other": 1})),
    "malformed key": (KeyMalformed, lambda one: one._replace(key="nul\0")),
    "malformed content": (ContentMalformed, lambda one: one._replace(content={"points": 2**64})),
    "time beyond the calendar": (InstantOutOfRange, lambda one: one._replace(occurred_at=10**18)),
    "half a character": (DataRefused, lambda one: one._replace(legs=[Earn("bakery", "\ud800", 1, LATER)])),
    "a time beyond 64 bits": (DataRefused, lambda one: one._replace(legs=[Hold("cafe", "ann", 1, 2**64)])),
}


@pytest.mark.parametrize("what", BAD)
def test_a_bad_request_fails_alone(town: Book, client: PosterClient, session: Session, what: str) -> None:
    error, spoil = BAD[what]
    client.post(Earn("bakery", "ann", 100, LATER), key="first")
    bad = spoil(client.posting(Earn("bakery", "ann", 1, LATER), key="bad"))
    with lock_held(town):
        before = [client.ask(Spend("cafe", "ann", 1)) for _ in range(5)]
        failing = client.poster.submit([bad])
        after = [client.ask(Spend("cafe", "ann", 1)) for _ in range(5)]
    assert isinstance(outcome_of(failing), error)
    ids = [answer_of(future).posting_id for future in (*before, *after)]
    assert ids == sorted(ids)
    with pytest.raises(error):
        client.poster.post(bad)
    client.take(Spend("cafe", "ann", 90))
    assert shop_balance(town, session, AccountKind.LOT, "ann") == 0
    assert "bad" not in key_ids(town, session)
    check_book(town)


def test_what_the_database_refuses_fails_with_what_was_queued_in_the_same_call(
    town: Book, client: PosterClient, session: Session
) -> None:
    good, bad = client.posting(Earn("bakery", "ann", 1, LATER)), client.posting(Earn("bakery", "\ud800", 1, LATER))
    with pytest.raises(DataRefused):
        client.poster.submit([good, bad]).result(PATIENCE)
    assert key_ids(town, session) == {}
    assert client.poster.post(good).replayed is False


# -- the same key again -------------------------------------------------------------------------------------------


def test_a_key_that_comes_again_gets_the_first_answer_also_while_that_is_on_its_way(
    town: Book, client: PosterClient, session: Session
) -> None:
    leg = Earn("bakery", "ann", 5, LATER)
    with lock_held(town):
        first, *others = [client.ask(leg, key="k", points=5) for _ in range(5)]
        other = client.ask(leg, key="k", points=6)
    answer = answer_of(first)
    assert answer.replayed is False
    again = [answer_of(future) for future in others]
    for number in range(12):
        again.append(client.post(leg, key="k", points=5))
        # Batches between: the answer is known from memory at first, and from the database later.
        client.take(Earn("bakery", f"m{number}", 1, LATER))
    assert again == [answer._replace(replayed=True)] * len(again)
    assert isinstance(outcome_of(other), KeyReused)
    assert shop_balance(town, session, AccountKind.LOT, "ann") == 5


def test_a_refusal_stands_also_when_it_comes_again(client: PosterClient) -> None:
    first = client.post(Spend("cafe", "ann", 5), key="k")
    client.take(Earn("bakery", "ann", 5, LATER))
    second = client.post(Spend("cafe", "ann", 5), key="k")
    assert first.refusal is not None
    assert (second.refusal, second.posting_id, second.replayed) == (first.refusal, first.posting_id, True)


# -- a database that fails ----------------------------------------------------------------------------------------


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
        answers = [answer for one in callers for answer in one.result(PATIENCE)]
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
        answers = [one for future in asked for one in future.result(PATIENCE)]
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
        rows = session.rows("SELECT last_posting - first_posting + 1, xmin::text FROM batches ORDER BY id")
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


# -- going away ---------------------------------------------------------------------------------------------------


def test_a_poster_that_is_closed_answers_what_it_took_and_takes_nothing_more(town: Book, session: Session) -> None:
    poster = Poster(town)
    client = PosterClient(poster)
    with lock_held(town):
        futures = [client.ask(Earn("bakery", f"m{number}", 1, LATER)) for number in range(50)]
        closing_ = threading.Thread(target=poster.close)
        closing_.start()
    closing_.join(PATIENCE)
    assert all(future.done() for future in futures)
    assert sorted(answer_of(future).posting_id for future in futures) == sorted(key_ids(town, session).values())
    for ask in (client.ask, client.post):
        with pytest.raises(PosterClosed):
            ask(Earn("bakery", "ann", 1, LATER))
    with pytest.raises(PosterClosed):
        asyncio.run(poster.post_async(client.posting(Earn("bakery", "ann", 1, LATER))))
    poster.close()
    assert len(key_ids(town, session)) == 50


def test_whoever_asks_while_it_closes_is_either_answered_or_refused(town: Book, session: Session) -> None:
    def caller(poster: Poster) -> int:
        client, answered = PosterClient(poster), 0
        try:
            for answered in count():
                client.post(Earn("bakery", "ann", 1, LATER), key=f"{threading.get_ident()}.{answered}")
        except PosterClosed:
            return answered

    with ThreadPoolExecutor(4) as threads:
        poster = Poster(town)
        callers = [threads.submit(caller, poster) for _ in range(4)]
        while town.header(session).next_posting < 50:
            time.sleep(0.001)
        poster.close()
        assert sum(one.result(PATIENCE) for one in callers) == len(key_ids(town, session)) >= 49


def test_a_coroutine_that_is_cancelled_is_posted_all_the_same_and_holds_nobody_up(
    town: Book, client: PosterClient, session: Session
) -> None:
    async def some_give_up() -> list[Answer]:
        def asking(who: str) -> list[asyncio.Task[Answer]]:
            postings = [client.posting(Earn("bakery", who, 1, LATER), key=f"{who}.{number}") for number in range(5)]
            return [asyncio.create_task(client.poster.post_async(posting)) for posting in postings]

        with lock_held(town):
            impatient, patient = asking("ann"), asking("bob")
            await asyncio.sleep(0.01)
            for task in impatient:
                task.cancel()
            await asyncio.wait(impatient)
        assert all(task.cancelled() for task in impatient)
        return await asyncio.gather(*patient)

    assert [answer.refusal for answer in asyncio.run(some_give_up())] == [None] * 5
    assert client.post(Earn("bakery", "ann", 1, LATER), key="ann.0").replayed
    assert (
        shop_balance(town, session, AccountKind.LOT, "ann") == shop_balance(town, session, AccountKind.LOT, "bob") == 5
    )


def test_a_loop_that_ends_before_its_answer_harms_nobody(town: Book, client: PosterClient, session: Session) -> None:
    async def give_up() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client.poster.post_async(client.posting(Earn("bakery", "ann", 1, LATER))), 0.02)

    with lock_held(town):
        asyncio.run(give_up())
        future = client.ask(Earn("bakery", "ann", 1, LATER))
    assert answer_of(future).refusal is None
    assert shop_balance(town, session, AccountKind.LOT, "ann") == 2
