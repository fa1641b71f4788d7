"""Windows: what falls into which, when they close, what a close settles, and that it stays so."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import time
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from settlement import Cutoff, Funding, WindowNotFound
from settlement.audit import audit_book
from settlement.clearing import close_due, close_window, closed_window, closed_windows, pay_in_leg, windows_due
from settlement.clearing.windows import counted_tallies, maintained_tallies
from settlement.errors import EarlierWindowOpen, WindowNotOver
from settlement.ledger import AccountKind, Book, Commission, Database, Earn, Posting, RefundSpend, Session, Spend
from tests.support.books import BookClient, check_book, make_book, make_settings, make_terms, shop_balance
from tests.support.clock import DAY, HOUR, SECOND, Clock, instant
from tests.support.statements import check_statements

BERLIN = "Europe/Berlin"
LATER = 20301231
MONDAY = instant("2024-05-13T00:00", BERLIN)
WEEK = 7 * DAY


@pytest.fixture
def till(book: Callable[..., Book], session: Session) -> BookClient:
    """A town that settles weekly; it is Wednesday noon."""
    return BookClient(book(), session)


def trade(till: BookClient, points: int = 100, at: int | None = None) -> None:
    """Ann earns at the bakery and spends at the cafe: the bakery owes the cafe `points` cents."""
    till.take(Earn("bakery", "ann", points, LATER), Spend("cafe", "ann", points), at=at)


def money(till: BookClient, kind: AccountKind, shop: str) -> int:
    return shop_balance(till.book, till.session, kind, shop)


# -- when a window closes -----------------------------------------------------------------------------------------


def test_a_window_closes_at_its_cut_off_and_not_before(till: BookClient, clock: Clock) -> None:
    trade(till)
    clock.set(MONDAY + WEEK - 1)
    with pytest.raises(WindowNotOver) as error:
        close_window(till.book, till.session, MONDAY)
    assert (error.value.closes_at, error.value.now) == (MONDAY + WEEK, MONDAY + WEEK - 1)
    assert windows_due(till.book, till.session, clock()) == []
    clock.forward(1)
    assert windows_due(till.book, till.session, clock()) == [MONDAY]
    closed = close_window(till.book, till.session, MONDAY)
    assert (closed.opens_at, closed.closes_at) == (MONDAY, MONDAY + WEEK)
    assert closed.nets == {"bakery": -100, "cafe": 100}


def test_windows_close_in_order(till: BookClient, clock: Clock) -> None:
    trade(till)
    clock.forward(WEEK)
    trade(till)
    clock.forward(WEEK)
    with pytest.raises(EarlierWindowOpen) as error:
        close_window(till.book, till.session, MONDAY + WEEK)
    assert (error.value.opens_at, error.value.earlier) == (MONDAY + WEEK, MONDAY)
    assert [window.opens_at for window in close_due(till.book, till.session, clock())] == [MONDAY, MONDAY + WEEK]
    check_book(till.book)


@pytest.mark.parametrize("offset", [1, -1, HOUR, DAY, WEEK - 1])
def test_a_window_is_named_by_the_instant_at_which_it_opens(till: BookClient, clock: Clock, offset: int) -> None:
    trade(till)
    clock.forward(3 * WEEK)
    with pytest.raises(WindowNotFound):
        close_window(till.book, till.session, MONDAY + offset)
    close_window(till.book, till.session, MONDAY)
    with pytest.raises(WindowNotFound):
        close_window(till.book, till.session, MONDAY + offset)
    with pytest.raises(WindowNotFound):
        closed_window(till.book, till.session, MONDAY + offset)


def test_an_empty_window_closes_with_nothing_to_pay(till: BookClient, clock: Clock) -> None:
    clock.forward(WEEK)
    closed = close_window(till.book, till.session, MONDAY)
    assert (closed.nets, closed.carried_over, closed.kept) == ({}, {}, {})
    assert closed_windows(till.book, till.session) == [closed]
    check_book(till.book)


def test_empty_windows_are_closed_along_with_the_next(till: BookClient, clock: Clock) -> None:
    clock.forward(3 * WEEK)
    trade(till)
    clock.forward(WEEK)
    assert [window.opens_at for window in close_due(till.book, till.session, clock())] == [MONDAY + 3 * WEEK]
    with pytest.raises(WindowNotFound):
        close_window(till.book, till.session, MONDAY)
    # What belongs into one of them is late all the same.
    answer = till.take(Earn("bakery", "ann", 1, LATER), at=MONDAY + HOUR)
    assert (answer.late_for, answer.window_id) == (MONDAY, MONDAY + 4 * WEEK)


def test_only_what_is_due_by_then_is_closed(till: BookClient, clock: Clock) -> None:
    for _ in range(3):
        trade(till)
        clock.forward(WEEK)
    assert [window.opens_at for window in close_due(till.book, till.session, MONDAY + WEEK - 1)] == []
    assert [window.opens_at for window in close_due(till.book, till.session, MONDAY + 2 * WEEK)] == [
        MONDAY,
        MONDAY + WEEK,
    ]
    assert [window.opens_at for window in close_due(till.book, till.session, MONDAY + 9 * WEEK)] == [MONDAY + 2 * WEEK]


def test_a_close_is_for_ever(till: BookClient, clock: Clock) -> None:
    trade(till)
    clock.forward(WEEK)
    first = close_window(till.book, till.session, MONDAY)
    trade(till, 55, at=MONDAY + HOUR)
    till.book.add_terms(make_terms(effective_at=clock() + 1, points_per_unit=7))
    clock.forward(WEEK)
    close_due(till.book, till.session, clock())
    header = till.book.header(till.session)
    again = Book.open(till.book.database, till.book.settings.name, clock)
    with closing(till.book.database.session()) as session:
        assert close_window(again, session, MONDAY) == closed_window(again, session, MONDAY) == first
        assert closed_windows(again, session)[0].document.encode() == first.document.encode()
    assert till.book.header(till.session) == header


def test_the_document_is_canonical_json_of_totals(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 100, LATER))
    till.take(Spend("cafe", "ann", 30))
    till.take(Commission("cafe", "diner", 4))
    clock.forward(WEEK)
    document = close_window(till.book, till.session, MONDAY).document
    zeros = {"issued": 0, "redeemed_own": 0, "redeemed_here": 0, "redeemed_elsewhere": 0, "expired": 0, "adjusted": 0}
    assert document == json.dumps(
        {
            "alliance": till.book.settings.name,
            "carried_over": {},
            "closes_at": MONDAY + WEEK,
            "currency": "EUR",
            "kept_in_deposit": {},
            "nets": {"bakery": -30, "cafe": 26, "diner": 4},
            "opens_at": MONDAY,
            "points": [
                {**zeros, "issued": 100, "redeemed_elsewhere": 30, "shop": "bakery", "terms": 1},
                {**zeros, "redeemed_here": 30, "adjusted": -4, "shop": "cafe", "terms": 1},
                {**zeros, "adjusted": 4, "shop": "diner", "terms": 1},
            ],
        },
        sort_keys=True,
        separators=(",", ":"),
    )


# -- what falls into which ------------------------------------------------------------------------------------------


def test_a_posting_belongs_to_the_window_in_which_it_occurred(till: BookClient, clock: Clock) -> None:
    clock.set(MONDAY + WEEK + HOUR)
    for at, window in ((MONDAY, MONDAY), (MONDAY + WEEK - 1, MONDAY), (MONDAY + WEEK, MONDAY + WEEK)):
        answer = till.take(Earn("bakery", "ann", 1, LATER), at=at)
        assert (answer.window_id, answer.late_for) == (window, None)
    assert close_window(till.book, till.session, MONDAY).nets == {}


def test_what_comes_late_goes_into_the_next_window_with_a_link(till: BookClient, clock: Clock) -> None:
    trade(till, 100)
    clock.forward(2 * WEEK)
    close_due(till.book, till.session, clock())
    assert till.book.header(till.session).closed_until == MONDAY + WEEK
    answer = till.take(Earn("bakery", "ann", 7, LATER), Spend("cafe", "ann", 7), at=MONDAY + WEEK - 1, key="late")
    assert (answer.late_for, answer.window_id) == (MONDAY, MONDAY + WEEK)
    again = till.take(Earn("bakery", "ann", 7, LATER), Spend("cafe", "ann", 7), at=MONDAY + WEEK - 1, key="late")
    assert again == answer._replace(replayed=True)
    first, second = closed_window(till.book, till.session, MONDAY), close_due(till.book, till.session, clock())[0]
    assert (first.nets, second.nets) == ({"bakery": -100, "cafe": 100}, {"bakery": -7, "cafe": 7})
    assert second.carried_over == {"bakery": -100, "cafe": 100}


def test_a_refund_of_a_closed_window_changes_the_open_one(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 100, LATER))
    spent = till.take(Spend("cafe", "ann", 100)).posting_id
    clock.forward(WEEK)
    close_due(till.book, till.session, clock())
    till.take(RefundSpend(spent, 40))
    clock.forward(WEEK)
    assert close_due(till.book, till.session, clock())[0].nets == {"bakery": 40, "cafe": -40}
    assert (money(till, AccountKind.SETTLEMENT, "bakery"), money(till, AccountKind.SETTLEMENT, "cafe")) == (-60, 60)
    check_book(till.book)


@pytest.mark.parametrize(
    ("today", "hours"), [("2024-03-31", 23), ("2024-10-27", 25), ("2024-02-29", 24), ("2024-12-31", 24)]
)
def test_a_day_has_the_hours_that_its_clock_has(
    book: Callable[..., Book], session: Session, clock: Clock, today: str, hours: int
) -> None:
    till = BookClient(book(make_settings(cutoff=Cutoff("daily"))), session)
    opens_at = instant(f"{today}T00:00", BERLIN)
    clock.set(opens_at + 3 * DAY)
    windows = [
        till.take(Earn("bakery", "ann", 1, LATER), at=opens_at + hour * HOUR).window_id for hour in range(-1, hours + 1)
    ]
    before, *inside, after = windows
    assert inside == [opens_at] * hours
    assert before < opens_at < after == opens_at + hours * HOUR
    closed = close_due(till.book, till.session, clock())
    assert [window.opens_at for window in closed] == [before, opens_at, after]
    assert all(window.closes_at == next_.opens_at for window, next_ in pairwise(closed))


CUTOFFS = st.builds(
    Cutoff,
    every=st.sampled_from(["daily", "weekly", "monthly"]),
    weekday=st.integers(0, 6),
    day=st.sampled_from([1, 2, 15, 28, 29, 30, 31]),
    at=st.sampled_from([time(0), time(0, 30), time(2, 30), time(3), time(12), time(23, 59, 59)]),
)
# Clocks that change at midnight, by half an hour, in the south, by a whole day, or never.
ZONES = st.sampled_from(
    ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia", "Asia/Shanghai"]
)
MOMENTS = st.integers(instant("2011-12-25T00:00"), instant("2012-04-05T00:00"))


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cutoff=CUTOFFS, zone=ZONES, moments=st.lists(MOMENTS, min_size=1, max_size=8), data=st.data())
def test_whatever_the_cut_off_all_postings_are_settled_once(
    database: Database, cutoff: Cutoff, zone: str, moments: list[int], data: st.DataObject
) -> None:
    clock = Clock(max(moments))
    book = make_book(database, clock, make_settings(timezone=zone, cutoff=cutoff))
    with closing(database.session()) as session:
        till = BookClient(book, session)
        closed = []
        for moment in moments:
            opens_at, closes_at = book.calendar.window(moment)
            assert opens_at <= moment < closes_at
            late = moment < book.header(session).closed_until
            answer = till.take(Earn("bakery", "ann", 10, LATER), Spend("cafe", "ann", 10), at=moment)
            assert answer.late_for == (opens_at if late else None)
            assert late or answer.window_id == opens_at
            if data.draw(st.integers(0, 3), label="close now?") == 0:
                closed += close_due(book, session, clock.forward(DAY))
        closed += close_due(book, session, clock.forward(62 * DAY))
        assert all(window.closes_at <= next_.opens_at for window, next_ in pairwise(closed))
        assert sum(window.nets.get("cafe", 0) for window in closed) == 10 * len(moments)
        assert all(sum(window.nets.values()) == 0 for window in closed)
        assert windows_due(book, session, clock()) == []
        check_book(book)


def test_a_posting_that_races_with_a_close_is_in_one_window_or_the_next(till: BookClient, clock: Clock) -> None:
    clock.set(MONDAY + WEEK)
    book, at = till.book, MONDAY + WEEK - SECOND
    trade(till, at=at)

    def post(worker: int) -> list[int]:
        with closing(book.database.session()) as session:
            batches = [
                [Posting(f"{worker}.{n}", at, {}, [Earn("bakery", "bob", 1, LATER), Spend("cafe", "bob", 1)])]
                for n in range(25)
            ]
            return [answer.window_id for batch in batches for answer in book.post(batch, session)]

    with ThreadPoolExecutor(3) as pool:
        posting = [pool.submit(post, worker) for worker in range(3)]
        first = close_window(book, till.session, MONDAY)
        windows = [window for future in posting for window in future.result()]
    assert set(windows) <= {MONDAY, MONDAY + WEEK}
    clock.forward(WEEK)
    second = close_due(book, till.session, clock())
    assert first.nets["cafe"] == 100 + windows.count(MONDAY)
    assert sum(closed.nets["cafe"] for closed in second) == windows.count(MONDAY + WEEK)
    check_book(book)


# -- what a close settles -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("funding", Funding)
def test_tallies_that_are_kept_are_those_that_the_moves_add_up_to(
    book: Callable[..., Book], session: Session, clock: Clock, funding: Funding
) -> None:
    till = BookClient(book(terms=make_terms(funding=funding, redeem_fee_bps=200, issue_fee_bps=150)), session)
    trade(till, 97)
    trade(till, 31, at=MONDAY - HOUR)
    till.take(Commission("cafe", "diner", 4))
    clock.forward(WEEK)
    for window in (MONDAY - WEEK, MONDAY):
        with till.book.database.engine.connect() as connection:
            assert counted_tallies(till.book, connection, window) == maintained_tallies(till.book, session, window)
    for closed in close_due(till.book, session, clock()):
        check_statements(till.book, session, closed)


def test_nets_become_what_participants_owe_and_are_owed(till: BookClient, clock: Clock) -> None:
    trade(till, 100)
    clock.forward(WEEK)
    first = close_due(till.book, till.session, clock())[0]
    till.take(pay_in_leg(till.book.config(till.session), "bakery", 60))
    trade(till, 10)
    clock.forward(WEEK)
    second = close_due(till.book, till.session, clock())[0]
    assert (first.carried_over, second.carried_over) == ({}, {"bakery": -40, "cafe": 100})
    assert (money(till, AccountKind.SETTLEMENT, "bakery"), money(till, AccountKind.SETTLEMENT, "cafe")) == (-50, 110)
    assert money(till, AccountKind.CLEARING, "clearing") == 0
    check_book(till.book)


def test_what_cancels_out_leaves_nothing_to_pay(till: BookClient, clock: Clock) -> None:
    till.take(Earn("bakery", "ann", 50, LATER), Spend("cafe", "ann", 50))
    till.take(Earn("cafe", "ann", 50, LATER), Spend("bakery", "ann", 50))
    clock.forward(WEEK)
    assert close_due(till.book, till.session, clock())[0].nets == {}


def test_a_close_is_recorded_at_the_moment_at_which_its_window_closed(
    book: Callable[..., Book], session: Session, clock: Clock
) -> None:
    town = book()
    BookClient(town, session).take(Earn("bakery", "ann", 5, 20251231))
    clock.forward(14 * DAY)
    # A clock that goes on, as real ones do.
    town.clock = lambda: clock.forward(1)
    close_due(town, session, clock.now)
    assert audit_book(town, session).ok
