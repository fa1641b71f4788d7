"""What the poster decides ahead and writes without looking: where the guess was wrong, the answer is right.

Every test begins with a poster that has just written alone, so that its next batch is written blind; a known key, a
reference, a time or another writer then makes that guess wrong. Each book is audited in the end.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing

import pytest

from settlement import KeyReused
from settlement.audit import audit_book
from settlement.clearing import close_due
from settlement.errors import InstantOutOfRange
from settlement.ledger import AccountKind, Answer, Book, Earn, Leg, Poster, Posting, Session, Spend
from tests.support.books import check_book, shop_balance
from tests.support.clock import DAY, HOUR, Clock
from tests.support.poster_client import PATIENCE, PosterClient, answer_of, key_ids, lock_held, outcome_of
from tests.support.workers import PROCESSES, Job, Place, Result, post_batches, post_through_poster

LATER = 20251231
LARGE = 300
"""Postings of a batch that is decided by one thread and written by another."""


@pytest.fixture
def town(book: Callable[..., Book], session: Session) -> Iterator[Book]:
    """A book that is sound in the end, whatever was guessed."""
    opened = book()
    yield opened
    check_book(opened)
    assert audit_book(opened, session).ok


@pytest.fixture
def earlier(town: Book) -> dict[str, Answer]:
    """What a poster before this one has answered: Ann has 100 points, all of which the second sale has spent."""
    with closing(Poster(town)) as poster:
        client = PosterClient(poster)
        return {
            "earn": poster.post(referred(client, "earn")),
            "spend": poster.post(referred(client, "spend")),
            "refused": poster.post(referred(client, "refused")),
        }


@pytest.fixture
def blind(town: Book, earlier: dict[str, Answer]) -> Iterator[PosterClient]:
    """A poster that knows nothing of those, and has written alone."""
    assert earlier["refused"].refusal is not None
    with closing(Poster(town)) as poster:
        client = PosterClient(poster)
        for _ in range(3):
            client.take(Earn("bakery", "warm", 1, LATER))
        yield client


LEGS: dict[str, Leg] = {
    "earn": Earn("bakery", "ann", 100, LATER),
    "spend": Spend("cafe", "ann", 100),
    "refused": Spend("cafe", "bob", 7),
}


def known(client: PosterClient, which: str, **content: int) -> Posting:
    """A posting of before, under its key."""
    return client.posting(LEGS[which], key=which, **{"points": 1, **content})


def referred(client: PosterClient, which: str) -> Posting:
    """The same with its till's own reference, by which it is looked up before it is decided."""
    return known(client, which)._replace(reference=f"till {which}")


def around(client: PosterClient, posting: Posting, size: int) -> list[Posting]:
    """A batch with a posting in the middle of new ones."""
    new = [client.posting(Earn("bakery", "carl", 1, LATER)) for _ in range(size)]
    return [*new[: size // 2], posting, *new[size // 2 :]]


# -- a key that is there ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("which", LEGS)
@pytest.mark.parametrize("size", [0, 4, LARGE])
def test_a_known_key_gets_its_first_answer_and_its_neighbours_are_posted(
    town: Book, earlier: dict[str, Answer], blind: PosterClient, session: Session, which: str, size: int
) -> None:
    outcomes = blind.poster.submit(around(blind, known(blind, which), size)).result(PATIENCE)
    assert outcomes.pop(size // 2) == earlier[which]._replace(replayed=True)
    assert [isinstance(outcome, Answer) and outcome.refusal for outcome in outcomes] == [None] * size
    assert shop_balance(town, session, AccountKind.LOT, "carl") == size
    assert len(key_ids(town, session)) == len(earlier) + 3 + size


@pytest.mark.parametrize("which", LEGS)
@pytest.mark.parametrize("size", [0, 4, LARGE])
def test_a_known_key_with_other_content_is_an_error_and_its_neighbours_are_posted(
    town: Book, earlier: dict[str, Answer], blind: PosterClient, session: Session, which: str, size: int
) -> None:
    outcomes = blind.poster.submit(around(blind, known(blind, which, points=2), size)).result(PATIENCE)
    reused = outcomes.pop(size // 2)
    assert isinstance(reused, KeyReused)
    assert (reused.key, reused.field, reused.first, reused.again) == (which, "points", 1, 2)
    assert [isinstance(outcome, Answer) and outcome.refusal for outcome in outcomes] == [None] * size
    assert key_ids(town, session)[which] == earlier[which].posting_id


@pytest.mark.parametrize("which", [("earn", "new", "spend"), ("new", "earn", "new"), ("new", "new", "spend")])
def test_large_batches_that_share_a_commit_are_posted_in_their_order_though_keys_are_known(
    earlier: dict[str, Answer], blind: PosterClient, session: Session, which: Sequence[str]
) -> None:
    with lock_held(blind.book):
        middles = [
            blind.posting(Earn("bakery", "carl", 1, LATER)) if kind == "new" else known(blind, kind) for kind in which
        ]
        asked = blind.ask_in_turn(*(around(blind, middle, LARGE) for middle in middles))
    results = [future.result(PATIENCE) for future in asked]
    for outcomes, kind in zip(results, which, strict=True):
        if kind != "new":
            assert outcomes.pop(LARGE // 2) == earlier[kind]._replace(replayed=True)
    ids = [answer.posting_id for outcomes in results for answer in outcomes if isinstance(answer, Answer)]
    assert ids == list(range(ids[0], ids[0] + 3 * LARGE + which.count("new")))
    assert shop_balance(blind.book, session, AccountKind.LOT, "carl") == len(ids)


def test_threads_that_retry_known_keys_all_hear_the_first_answers(
    town: Book, earlier: dict[str, Answer], blind: PosterClient, session: Session
) -> None:
    def retry(number: int) -> list[bool]:
        new = [blind.post(Earn("bakery", f"m{number}", 1, LATER)) for _ in range(5)]
        again = {which: blind.poster.post(known(blind, which)) for which in LEGS}
        return [again[which] == earlier[which]._replace(replayed=True) for which in LEGS] + [
            not answer.replayed for answer in new
        ]

    with ThreadPoolExecutor(8) as threads:
        assert [all(results) for results in threads.map(retry, range(8))] == [True] * 8
    assert len(key_ids(town, session)) == len(earlier) + 3 + 8 * 5


# -- a reference --------------------------------------------------------------------------------------------------


def test_a_known_reference_is_answered_though_its_points_are_spent(
    earlier: dict[str, Answer], blind: PosterClient
) -> None:
    # Decided anew it would be refused, which leaves no reference behind that could give the guess away.
    again = referred(blind, "spend")._replace(key="the till's second try")
    assert blind.poster.post(again) == earlier["spend"]._replace(replayed=True)


def test_what_is_refused_frees_its_reference_and_keeps_its_key(earlier: dict[str, Answer], blind: PosterClient) -> None:
    first = referred(blind, "refused")
    blind.take(Earn("bakery", "bob", 7, LATER))
    taken = blind.poster.post(first._replace(key="second try"))
    assert (taken.refusal, taken.replayed) == (None, False)
    assert blind.poster.post(first._replace(key="third try")) == taken._replace(replayed=True)
    # Its key it keeps: the same request is the same refusal.
    assert blind.poster.post(first._replace(reference=None)) == earlier["refused"]._replace(replayed=True)


def test_refusals_with_one_reference_leave_it_to_the_first_that_is_taken(town: Book, blind: PosterClient) -> None:
    spend, earn = Spend("cafe", "dora", 5), Earn("bakery", "dora", 5, LATER)
    several = [
        blind.posting(leg)._replace(reference=reference, content={})
        for leg, reference in ((spend, "r"), (spend, "r"), (earn, None), (spend, "r"), (spend, "r"))
    ]
    answers = [answer for answer in blind.poster.submit(several).result(PATIENCE) if isinstance(answer, Answer)]
    assert [answer.refusal and answer.refusal.code for answer in answers] == [
        "points_short",
        "points_short",
        None,
        None,
        None,
    ]
    assert answers[4] == answers[3]._replace(replayed=True)
    with closing(Poster(town)) as other:
        assert other.post(several[0]._replace(key="later")) == answers[3]._replace(replayed=True)


# -- a time -------------------------------------------------------------------------------------------------------


def test_each_instant_falls_into_its_own_window_or_is_refused(
    town: Book, blind: PosterClient, clock: Clock, session: Session
) -> None:
    week, started = 7 * DAY, clock()
    clock.forward(week)
    (closed,) = close_due(town, session, clock())
    blind.take(Earn("bakery", "warm", 1, LATER))
    calendar = town.calendar
    here = calendar.window(clock())[0]
    times = {
        "now": (clock(), here, None),
        "closed": (started, closed.closes_at, closed.opens_at),
        "long closed": (started - 52 * week, closed.closes_at, calendar.window(started - 52 * week)[0]),
        "just closed": (closed.closes_at - 1, closed.closes_at, closed.opens_at),
        "first of the open one": (closed.closes_at, closed.closes_at, None),
    }
    asked = [blind.posting(Earn("bakery", "ann", 1, LATER), at=at) for at, _, _ in times.values()]
    answers = [answer for answer in blind.poster.submit(asked).result(PATIENCE) if isinstance(answer, Answer)]
    assert [(answer.window_id, answer.late_for) for answer in answers] == [
        (window, late) for _, window, late in times.values()
    ]
    ahead = blind.post(Earn("bakery", "ann", 1, LATER), at=clock() + HOUR)
    assert ahead.refusal is not None
    assert ahead.refusal.code == "occurs_in_future"
    assert shop_balance(town, session, AccountKind.LOT, "ann") == len(times)


@pytest.mark.parametrize("at", [10**18, -(10**18), 2**62])
def test_an_instant_of_no_calendar_fails_alone_and_hides_no_first_answer(
    town: Book, earlier: dict[str, Answer], blind: PosterClient, session: Session, at: int
) -> None:
    bad = blind.posting(Earn("bakery", "ann", 1, LATER), at=at)
    outcomes = blind.poster.submit(around(blind, bad, 4)).result(PATIENCE)
    assert isinstance(outcomes.pop(2), InstantOutOfRange)
    assert shop_balance(town, session, AccountKind.LOT, "carl") == 4
    # A retry stands for what its content says, whatever its till's clock shows by now.
    assert blind.poster.post(known(blind, "earn")._replace(occurred_at=at)) == earlier["earn"]._replace(replayed=True)


# -- another writer -----------------------------------------------------------------------------------------------


@pytest.fixture
def process(town: Book) -> Iterator[Callable[[list[Posting]], list[Result]]]:
    """Posts a batch from another process."""
    place = Place(town.database.url.render_as_string(hide_password=False), town.settings.name, town.clock())
    with ProcessPoolExecutor(1, PROCESSES) as pool:
        yield lambda batch: pool.submit(post_batches, Job(place, 0, [batch])).result()


def test_what_another_process_posted_meanwhile_is_decided_upon(
    town: Book, blind: PosterClient, session: Session, process: Callable[[list[Posting]], list[Result]]
) -> None:
    blind.take(Earn("bakery", "ann", 10, LATER))
    assert process([Posting("theirs", town.clock(), {}, [Spend("cafe", "ann", 10)])])[0].code is None
    late = [
        blind.ask(Spend("cafe", "ann", 1)),
        blind.ask(Earn("bakery", "ann", 3, LATER)),
        blind.ask(Spend("cafe", "ann", 3)),
    ]
    assert [answer_of(outcome).refusal and answer_of(outcome).refusal.code for outcome in late] == [
        "points_short",
        None,
        None,
    ]
    assert shop_balance(town, session, AccountKind.LOT, "ann") == 0


def test_a_key_that_another_process_took_meanwhile_is_answered_as_there(
    town: Book, blind: PosterClient, process: Callable[[list[Posting]], list[Result]]
) -> None:
    mine = Posting("both", town.clock(), {"points": 5}, [Earn("bakery", "ann", 5, LATER)])
    (theirs,) = process([mine])
    again = blind.poster.post(mine)
    assert (again.posting_id, again.replayed) == (theirs.posting_id, True)
    assert isinstance(outcome_of(blind.ask(Earn("bakery", "ann", 5, LATER), key="both", points=6)), KeyReused)


def test_a_reference_that_another_process_took_meanwhile_is_answered_as_there(
    town: Book, blind: PosterClient, process: Callable[[list[Posting]], list[Result]]
) -> None:
    mine = Posting("here", town.clock(), {"points": 5}, [Earn("bakery", "ann", 5, LATER)], reference="r")
    (theirs,) = process([mine._replace(key="there")])
    again = blind.poster.post(mine)
    assert (again.posting_id, again.replayed) == (theirs.posting_id, True)
    blind.take(Spend("cafe", "ann", 5))


def test_posters_of_two_processes_that_race_for_the_same_keys_give_the_same_answers(
    town: Book, earlier: dict[str, Answer], session: Session
) -> None:
    def sale(thread: int, number: int) -> Posting:
        leg = Earn("bakery", f"m{thread}", 2, LATER) if number % 2 else Spend("cafe", f"m{thread}", 3)
        return Posting(f"{thread}.{number}", town.clock(), {}, [leg], reference=f"till {thread}.{number}")

    batches = [[sale(thread, number) for number in range(40)] for thread in range(4)]
    place = Place(town.database.url.render_as_string(hide_password=False), town.settings.name, town.clock())
    job = Job(place, time.time() + 1, batches)
    with ProcessPoolExecutor(2, PROCESSES) as pool:
        ours, theirs = (future.result(PATIENCE) for future in [pool.submit(post_through_poster, job) for _ in range(2)])
    assert [answer._replace(replayed=False) for answer in ours] == [
        answer._replace(replayed=False) for answer in theirs
    ]
    assert {answer.replayed for answer in (*ours, *theirs)} == {False, True}
    assert [answer.replayed for answer in ours] == [not answer.replayed for answer in theirs]
    assert len(key_ids(town, session)) == len(earlier) + 160
