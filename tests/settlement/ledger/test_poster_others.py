"""The poster beside others: what they write, change or close is seen by the very next request."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from fractions import Fraction
from itertools import count
from random import Random

import pytest

from settlement.audit import audit_book
from settlement.clearing import close_due
from settlement.ledger import (
    AccountKind,
    Answer,
    Book,
    Capture,
    Earn,
    Expire,
    ExposureLimit,
    Give,
    Hold,
    Leg,
    Participant,
    Poster,
    Posting,
    PostingOutcome,
    RefundEarn,
    RefundSpend,
    Release,
    Reverse,
    Session,
    Spend,
)
from settlement.ledger.header import Header
from tests.support.books import SHOPS, BookClient, check_book, make_terms, shop_balance
from tests.support.clock import DAY, HOUR, SECOND, Clock
from tests.support.poster_client import PATIENCE, PosterClient, key_ids, lock_held
from tests.support.workers import PROCESSES, Job, Place, post_batches

LATER = 20251231
KIOSK = Participant(0, "kiosk", limit=ExposureLimit(credit_minor=100))


@pytest.fixture
def town(book: Callable[..., Book]) -> Book:
    return book(shops=(*SHOPS, KIOSK))


@pytest.fixture
def client(town: Book) -> Iterator[PosterClient]:
    with closing(Poster(town)) as poster:
        yield PosterClient(poster)


Write = Callable[..., None]


@pytest.fixture(params=["book", "poster", "process"])
def elsewhere(request: pytest.FixtureRequest, town: Book, session: Session) -> Iterator[Write]:
    """Takes legs into the same book by other ways than the poster under test."""
    url = town.database.url.render_as_string(hide_password=False)
    keys = count(1)

    if request.param == "book":
        yield BookClient(town, session).take
    elif request.param == "poster":
        with closing(Poster(Book.open(town.database, town.settings.name, town.clock))) as poster:
            yield lambda *legs: poster.post(Posting(f"other-{next(keys)}", town.clock(), {}, legs))
    else:
        with ProcessPoolExecutor(1, PROCESSES) as pool:

            def in_process(*legs: Leg) -> None:
                batch = [Posting(f"other-{next(keys)}", town.clock(), {}, legs)]
                place = Place(url, town.settings.name, town.clock())
                (result,) = pool.submit(post_batches, Job(place, 0, [batch])).result()
                assert result.code is None

            yield in_process


def test_a_balance_that_others_changed_is_seen_by_the_very_next_request(
    town: Book, client: PosterClient, elsewhere: Write, session: Session
) -> None:
    for _ in range(20):
        client.take(Earn("bakery", "ann", 10, LATER))
        elsewhere(Spend("cafe", "ann", 10))
        assert client.refused(Spend("cafe", "ann", 1)) == ("points_short", {"points": 0, "asked": 1})
        elsewhere(Earn("butcher", "ann", 5, LATER))
        client.take(Spend("diner", "ann", 5))
    assert shop_balance(town, session, AccountKind.LOT, "ann") == 0
    assert len(key_ids(town, session)) == 20 * 5
    check_book(town)


def test_a_limit_that_others_used_up_is_seen_by_the_very_next_request(
    town: Book, client: PosterClient, elsewhere: Write, session: Session
) -> None:
    client.take(Earn("kiosk", "ann", 40, LATER))
    elsewhere(Earn("kiosk", "bob", 50, LATER))
    full = {"shop": "kiosk", "limit_minor": 100, "exposure_minor": 110}
    assert client.refused(Earn("kiosk", "ann", 20, LATER)) == ("limit_reached", full)
    client.take(Earn("kiosk", "ann", 10, LATER))
    elsewhere(Spend("cafe", "bob", 30))
    client.take(Earn("kiosk", "ann", 30, LATER))
    assert client.refused(Earn("kiosk", "ann", 1, LATER)) == ("limit_reached", {**full, "exposure_minor": 101})
    check_book(town)
    assert audit_book(town, session).ok


def test_what_a_shop_may_do_holds_from_the_very_next_request(town: Book, client: PosterClient) -> None:
    client.take(Earn("bakery", "ann", 100, LATER), Spend("cafe", "ann", 1))
    # It leaves no posting behind: only the book's header tells that something has changed.
    town.add_participants([Participant(0, "cafe", may_redeem=False)])
    assert client.refused(Spend("cafe", "ann", 1)) == ("shop_not_redeeming", {"shop": "cafe"})
    town.add_participants([Participant(0, "kiosk", limit=ExposureLimit(credit_minor=10))])
    assert client.refused(Earn("kiosk", "ann", 11, LATER))[0] == "limit_reached"
    town.add_participants([KIOSK, Participant(0, "cafe"), Participant(0, "new")])
    client.take(Earn("kiosk", "ann", 11, LATER), Spend("cafe", "ann", 1), Earn("new", "ann", 1, LATER))


def test_batches_that_were_decided_ahead_of_a_change_are_decided_again(town: Book, client: PosterClient) -> None:
    client.take(Earn("bakery", "ann", 1_000, LATER), Spend("cafe", "ann", 1))
    with lock_held(town) as session:
        asked = client.ask_in_turn(*([client.posting(Spend("cafe", "ann", 1)) for _ in range(300)] for _ in range(3)))
        session.execute(
            "UPDATE participants SET may_redeem = NOT may_redeem WHERE alliance_id = ? AND ref = 'cafe'",
            town.alliance_id,
        )
        session.execute(
            "UPDATE books SET version = version + 1, config_version = config_version + 1 WHERE alliance_id = ?",
            town.alliance_id,
        )
    refusals = [answer.refusal for future in asked for answer in future.result(PATIENCE)]
    assert {refusal and refusal.code for refusal in refusals} == {"shop_not_redeeming"}
    assert len(refusals) == 900
    client.take(Spend("diner", "ann", 999))
    check_book(town)


def test_new_terms_hold_from_the_moment_that_they_take_effect(town: Book, client: PosterClient, clock: Clock) -> None:
    def terms_of(answer: Answer) -> set[int]:
        return {move.terms_id for move in answer.moves}

    assert terms_of(client.take(Earn("bakery", "ann", 1, LATER))) == {1}
    town.add_terms(make_terms(effective_at=clock() + HOUR, points_per_unit=Fraction(50)))
    assert terms_of(client.take(Earn("bakery", "ann", 1, LATER))) == {1}
    clock.forward(HOUR)
    assert terms_of(client.take(Earn("bakery", "ann", 1, LATER))) == {2}
    assert terms_of(client.take(Spend("cafe", "ann", 3))) == {1, 2}


def test_a_window_that_closed_takes_nothing_more(
    town: Book, client: PosterClient, clock: Clock, session: Session
) -> None:
    before, open_ = clock(), client.take(Earn("bakery", "ann", 10, LATER))
    clock.forward(7 * DAY)
    (closed,) = close_due(town, session, clock())
    late = client.post(Spend("cafe", "ann", 1), at=before)
    assert (late.window_id, late.late_for) == (closed.closes_at, open_.window_id)
    due = client.post(Spend("cafe", "ann", 1))
    assert (due.window_id, due.late_for) == (closed.closes_at, None)
    assert audit_book(town, session).ok


class LocksCounted(Book):
    """A book that counts how often its lock was taken."""

    locks = 0

    def lock(self, session: Session) -> Header:
        """The same, counted."""
        self.locks += 1
        return super().lock(session)


@pytest.mark.parametrize("read_anew", [True, False])
def test_a_poster_that_is_told_of_a_change_goes_on_without_the_lock(
    town: Book, clock: Clock, session: Session, *, read_anew: bool
) -> None:
    book = LocksCounted.open(town.database, town.settings.name, clock)
    assert isinstance(book, LocksCounted)
    with closing(Poster(book)) as poster:
        client = PosterClient(poster)
        for _ in range(3):
            client.take(Earn("bakery", "ann", 10, LATER))
            clock.forward(7 * DAY)
            close_due(town, session, clock())
            if read_anew:
                poster.read_anew()
        asked = client.ask_in_turn(
            *([client.posting(Earn("bakery", "ann", 1, LATER)) for _ in range(300)] for _ in range(3))
        )
        poster.read_anew()
        asked += client.ask_in_turn([client.posting(Spend("cafe", "ann", 1)) for _ in range(300)])
        assert all(not isinstance(answer, Exception) for future in asked for answer in future.result(PATIENCE))
    assert (book.locks == 0) == read_anew
    check_book(town)
    assert audit_book(town, session).ok


def test_refunds_and_holds_may_follow_at_once_upon_what_they_refer_to(
    town: Book, client: PosterClient, session: Session
) -> None:
    def member(number: int) -> None:
        owner = f"m{number}"
        for _ in range(6):
            earned = client.take(Earn("bakery", owner, 100, LATER)).posting_id
            hold = client.take(Hold("cafe", owner, 60, town.clock() + HOUR)).posting_id
            assert client.refused(Spend("diner", owner, 41)) == ("points_short", {"points": 40, "asked": 41})
            captured = client.take(Capture(hold, 50)).posting_id
            assert client.refused(Release(hold)) == ("hold_resolved", {"hold": hold, "by": captured})
            client.take(RefundSpend(captured, 20))
            left = {"posting": captured, "left": 30, "asked": 31}
            assert client.refused(RefundSpend(captured, 31)) == ("refund_exceeds_original", left)
            spent = client.take(Spend("diner", owner, 70)).posting_id
            reversal = client.take(Reverse(spent)).posting_id
            assert client.refused(Reverse(spent)) == ("posting_reversed", {"posting": spent, "by": reversal})
            client.take(RefundEarn(earned, 70))
            client.take(RefundSpend(captured, 30))
            client.take(Spend("butcher", owner, 30))

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(member, range(4)))
    assert shop_balance(town, session, AccountKind.REDEEM, "butcher") == 4 * 6 * 30
    assert (
        shop_balance(town, session, AccountKind.REDEEM, "cafe")
        == shop_balance(town, session, AccountKind.HELD, "m0")
        == 0
    )
    check_book(town)
    assert audit_book(town, session).ok


# -- as if alone --------------------------------------------------------------------------------------------------


def traffic(town: Book, clock: Clock) -> Iterator[list[Posting]]:
    """Requests of some members at some shops, a few at once; some are retries, some refer to earlier ones."""
    draw, keys = Random(5), count(1)
    sent: list[Posting] = []
    for _ in range(60):
        clock.forward(SECOND)
        several = []
        for _ in range(draw.randint(1, 8)):
            shop, member, other = draw.choice([*SHOPS, "kiosk"]), *draw.sample([f"m{number}" for number in range(8)], 2)
            points, of = draw.randint(1, 40), draw.randint(1, max(1, len(sent)))
            leg: Leg = draw.choice(
                [
                    Earn(shop, member, points, draw.choice((20240601, LATER))),
                    Earn(shop, member, points, LATER),
                    Spend(shop, member, points),
                    Give(member, other, points),
                    Hold(shop, member, points, clock() + HOUR),
                    Capture(of, points),
                    RefundEarn(of, points),
                    RefundSpend(of, points),
                    Expire(of),
                ]
            )
            several.append(draw.choice(sent) if sent and draw.random() < 0.1 else town_posting(keys, clock, leg))
        sent += several
        yield several


def town_posting(keys: Iterator[int], clock: Clock, leg: Leg) -> Posting:
    return Posting(f"k{next(keys)}", clock(), {"leg": str(leg)}, [leg])


@pytest.mark.parametrize("kept_max", [1, 12, 500_000])
def test_what_is_kept_in_memory_makes_no_difference_to_any_answer(
    book: Callable[..., Book], clock: Clock, session: Session, kept_max: int
) -> None:
    in_memory, afresh = book(shops=(*SHOPS, KIOSK)), book(shops=(*SHOPS, KIOSK))
    with closing(Poster(in_memory, kept_max=kept_max)) as poster:
        for several in traffic(in_memory, clock):
            assert comparable(poster.submit(several).result(PATIENCE)) == comparable(afresh.post(several, session))
    assert in_memory.header(session).next_account == afresh.header(session).next_account > 30
    check_book(in_memory)


def comparable(outcomes: Sequence[PostingOutcome]) -> list[object]:
    """Outcomes without the number of their book."""
    return [
        outcome._replace(moves=[move._replace(alliance_id=0) for move in outcome.moves])
        if isinstance(outcome, Answer)
        else outcome.code
        for outcome in outcomes
    ]
