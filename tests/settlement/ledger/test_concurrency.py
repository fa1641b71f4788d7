"""Many at once: threads and processes post to the same hot accounts through connections of their own."""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from random import Random

import pytest

from settlement.audit import audit_book
from settlement.ledger import AccountKind, Book, Commission, Database, Earn, Give, Leg, Posting, Session, Spend
from tests.support.books import BookClient, check_book, make_book, shop_balance
from tests.support.clock import Clock
from tests.support.effort import EFFORT
from tests.support.workers import PROCESSES, Job, Place, Result, post_batches, post_through_poster

WORKERS = 4
BATCHES = 20 * EFFORT
BATCH = 5
LATER = 20251231

# How requests come in: threads with a connection each, processes with one each, processes with a poster each.
WAYS: dict[str, tuple[Callable[[], Executor], Callable[[Job], list[Result]]]] = {
    "threads": (lambda: ThreadPoolExecutor(WORKERS), post_batches),
    "processes": (lambda: ProcessPoolExecutor(WORKERS, PROCESSES), post_batches),
    "posters": (lambda: ProcessPoolExecutor(WORKERS, PROCESSES), post_through_poster),
}


@pytest.fixture
def town(book: Callable[..., Book]) -> Book:
    return book()


@pytest.fixture(params=WAYS)
def post_all(
    request: pytest.FixtureRequest, town: Book
) -> Callable[[Sequence[Sequence[Sequence[Posting]]]], list[list[Result]]]:
    """Posts each worker's batches, all workers at once, and gives each worker's results."""
    executor, post = WAYS[request.param]

    def run(batches: Sequence[Sequence[Sequence[Posting]]]) -> list[list[Result]]:
        url = town.database.url.render_as_string(hide_password=False)
        place = Place(url, town.settings.name, town.clock())
        with executor() as pool:
            list(pool.map(post, [Job(place, 0, [[]])] * WORKERS))
            start_at = time.time() + 0.1
            return list(pool.map(post, [Job(place, start_at, mine) for mine in batches]))

    return run


PostAll = Callable[[Sequence[Sequence[Sequence[Posting]]]], list[list[Result]]]


def batches_of(leg: Callable[[int], Leg], at: int, worker: int) -> list[list[Posting]]:
    """A worker's requests, each under a key of its own."""
    return [
        [Posting(f"{worker}.{batch}.{n}", at, {}, [leg(batch * BATCH + n)]) for n in range(BATCH)]
        for batch in range(BATCHES)
    ]


def test_many_spenders_of_one_balance_never_spend_more_than_there_is(
    town: Book, session: Session, post_all: PostAll
) -> None:
    till = BookClient(town, session)
    balance = WORKERS * BATCHES * BATCH * 2
    for day in range(5):
        till.take(Earn("bakery", "ann", balance // 5, LATER + day))
    draw = Random(1)
    results = post_all(
        [
            batches_of(lambda _: Spend(draw.choice(("cafe", "diner")), "ann", draw.randint(1, 7)), town.clock(), worker)
            for worker in range(WORKERS)
        ]
    )
    spent = sum(result.moved for mine in results for result in mine)
    codes = Counter(result.code for mine in results for result in mine)
    assert codes.keys() == {None, "points_short"}
    assert spent == balance - shop_balance(town, session, AccountKind.LOT, "ann") <= balance
    assert shop_balance(town, session, AccountKind.LOT, "ann") < 7
    check_book(town)
    assert audit_book(town, session).ok


def test_accounts_taken_in_any_order_never_block_each_other(town: Book, session: Session, post_all: PostAll) -> None:
    till = BookClient(town, session)
    for member in ("ann", "bob", "cyd"):
        till.take(Earn("bakery", member, 10_000, LATER))
    draw = Random(2)

    def leg(_: int) -> Leg:
        giver, receiver = draw.sample(("ann", "bob", "cyd"), 2)
        payer, payee = draw.sample(("bakery", "cafe", "diner"), 2)
        return draw.choice(
            (
                Give(giver, receiver, 3),
                Spend(payee, giver, 1),
                Earn(payer, receiver, 2, LATER),
                Commission(payer, payee, 1),
            )
        )

    before = town.header(session)
    results = post_all([batches_of(leg, town.clock(), worker) for worker in range(WORKERS)])
    assert {result.code for mine in results for result in mine} == {None}
    after = town.header(session)
    assert after.next_posting - before.next_posting == WORKERS * BATCHES * BATCH
    check_book(town)


def test_every_batch_raises_the_version_by_one(town: Book, session: Session) -> None:
    """What a batch wrote, and that it did, is known from the header alone."""
    url = town.database.url.render_as_string(hide_password=False)
    before = town.header(session)
    jobs = [
        Job(
            Place(url, town.settings.name, town.clock()),
            0,
            # Half of the keys are the same for all workers, so some batches are nothing but retries.
            [
                [Posting(f"{worker if batch % 2 else ''}.{batch}", town.clock(), {}, [Earn("cafe", "ann", 1, LATER)])]
                for batch in range(BATCHES)
            ],
        )
        for worker in range(WORKERS)
    ]
    with ThreadPoolExecutor(WORKERS) as pool:
        results = list(pool.map(post_batches, jobs))
    wrote = sum(not result.replayed for mine in results for result in mine)
    after = town.header(session)
    assert wrote == BATCHES // 2 + WORKERS * (BATCHES // 2)
    assert (after.version - before.version, after.next_batch - before.next_batch) == (wrote, wrote)
    check_book(town)


def test_a_key_that_comes_from_everywhere_at_once_has_one_effect(
    town: Book, session: Session, post_all: PostAll
) -> None:
    draw = Random(3)

    def requests() -> list[list[Posting]]:
        keys = [f"k{number}" for number in range(BATCHES * BATCH)]
        draw.shuffle(keys)
        made = [
            Posting(key, town.clock(), {"key": key}, [Earn("cafe", "ann", int(key[1:]) + 1, LATER)]) for key in keys
        ]
        return [made[at : at + BATCH] for at in range(0, len(made), BATCH)]

    results = post_all([requests() for _ in range(WORKERS)])
    answers = defaultdict(list)
    for mine in results:
        for result in mine:
            answers[result.key].append(result)
    assert len(answers) == BATCHES * BATCH
    for key, outcomes in answers.items():
        assert [outcome.code for outcome in outcomes] == [None] * WORKERS
        assert {(outcome.posting_id, outcome.moved) for outcome in outcomes} == {
            (outcomes[0].posting_id, int(key[1:]) + 1)
        }
        assert sorted(outcome.replayed for outcome in outcomes) == [False] + [True] * (WORKERS - 1)
    points = sum(number + 1 for number in range(BATCHES * BATCH))
    assert shop_balance(town, session, AccountKind.LOT, "ann") == points
    assert town.header(session).next_posting == BATCHES * BATCH + 1
    check_book(town)


def test_of_requests_that_differ_under_one_key_only_the_first_counts(
    town: Book, session: Session, post_all: PostAll
) -> None:
    results = post_all(
        [
            [
                [
                    Posting(
                        f"k{batch}.{n}", town.clock(), {"points": worker + 1}, [Earn("cafe", "ann", worker + 1, LATER)]
                    )
                ]
                for batch in range(BATCHES)
                for n in range(BATCH)
            ]
            for worker in range(WORKERS)
        ]
    )
    by_key = defaultdict(list)
    for mine in results:
        for result in mine:
            by_key[result.key].append(result)
    assert all(
        sorted(str(outcome.code) for outcome in outcomes) == ["None", *["key_reused"] * 3]
        for outcomes in by_key.values()
    )
    taken = sum(result.moved for mine in results for result in mine)
    assert shop_balance(town, session, AccountKind.LOT, "ann") == taken
    check_book(town)


def test_two_alliances_do_not_wait_for_each_other(postgres_url: str, clock: Clock) -> None:
    database = Database(postgres_url)
    here, elsewhere = make_book(database, clock), make_book(database, clock)
    holding, session = database.session(), database.session()
    with holding.transaction():
        here.lock(holding)
        BookClient(elsewhere, session).take(Earn("bakery", "ann", 1, LATER))
        assert shop_balance(elsewhere, session, AccountKind.LOT, "ann") == 1
    holding.close()
    session.close()
    database.close()
