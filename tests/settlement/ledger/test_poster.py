"""The poster: many callers, few batches, and each caller's answer as if it had been alone with the book."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count

import pytest

from settlement import KeyReused, SettlementError
from settlement.audit import audit_book
from settlement.errors import ContentMalformed, DataRefused, InstantOutOfRange, KeyMalformed, PosterClosed
from settlement.ledger import (
    AccountKind,
    Answer,
    Book,
    Earn,
    Hold,
    Poster,
    Posting,
    Session,
    Spend,
)
from tests.support.books import check_book, shop_balance
from tests.support.poster_client import PATIENCE, PosterClient, answer_of, batches, key_ids, lock_held, outcome_of

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
        results = [*threads.map(thread, range(4)), *(answers for loop in loops for answers in loop.result(PATIENCE))]
    ids = [answer.posting_id for answers in results for answer in answers]
    assert sorted(ids) == sorted(key_ids(town, session).values())
    assert shop_balance(town, session, AccountKind.LOT, "ann") == len(ids) == 300
    assert audit_book(town, session).ok


def test_those_who_wait_share_a_batch(town: Book, client: PosterClient, session: Session) -> None:
    with lock_held(town):
        futures = [client.ask(Earn("bakery", f"m{number}", 1, LATER)) for number in range(300)]
        assert not any(future.done() for future in futures)
    assert [answer_of(future).posting_id for future in futures] == list(range(1, 301))
    # Two may be taken before the lock is free; each one after them takes at least half of those who wait, or 16.
    assert batches(town, session) <= 2 + 6
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
    "key reused": (KeyReused, lambda posting: posting._replace(key="first", content={"other": 1})),
    "malformed key": (KeyMalformed, lambda posting: posting._replace(key="nul\0")),
    "malformed content": (ContentMalformed, lambda posting: posting._replace(content={"points": 2**64})),
    "time beyond the calendar": (InstantOutOfRange, lambda posting: posting._replace(occurred_at=10**18)),
    "half a character": (DataRefused, lambda posting: posting._replace(legs=[Earn("bakery", "\ud800", 1, LATER)])),
    "a time beyond 64 bits": (DataRefused, lambda posting: posting._replace(legs=[Hold("cafe", "ann", 1, 2**64)])),
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
        assert sum(future.result(PATIENCE) for future in callers) == len(key_ids(town, session)) >= 49


def test_a_coroutine_that_is_cancelled_is_posted_all_the_same_and_holds_nobody_up(
    town: Book, client: PosterClient, session: Session
) -> None:
    async def some_give_up() -> list[Answer]:
        def asking(member: str) -> list[asyncio.Task[Answer]]:
            postings = [
                client.posting(Earn("bakery", member, 1, LATER), key=f"{member}.{number}") for number in range(5)
            ]
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
