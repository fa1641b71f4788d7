"""Limits that all processes share: so many whoever takes them, on both databases."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
from sqlalchemy import func, select

from coalition.access.errors import TooManyRequests
from coalition.access.rate_limits import DailyCap, Policy
from coalition.access.shared_rate_limits import FORGET_SECONDS, SharedRates
from coalition.access.tables import rate_limits
from settlement.ledger import Database
from tests.support.clock import DAY, HOUR, SECOND, Clock

TEN_A_MINUTE = Policy("test", 10, 60)
TWO_A_MINUTE = Policy("other", 2, 60)
THREE_A_DAY = DailyCap("test", 3)


@pytest.fixture
def two(database: Database, clock: Clock) -> Iterator[list[SharedRates]]:
    """Two processes' worth of counters."""
    with closing(Database(database.url.render_as_string(hide_password=False))) as elsewhere:
        yield [SharedRates(each, clock=clock) for each in (database, elsewhere)]


def taken(rates: SharedRates, policy: Policy = TEN_A_MINUTE, key: str = "ann") -> bool:
    try:
        rates.take(policy, key)
    except TooManyRequests:
        return False
    return True


def test_a_quota_is_one_for_all_who_count(two: list[SharedRates]) -> None:
    assert [taken(two[number % 2]) for number in range(12)] == [True] * 10 + [False] * 2
    assert taken(two[0], key="ben")
    assert [taken(two[number % 2], TWO_A_MINUTE) for number in range(3)] == [True, True, False]


def test_it_is_one_also_for_those_who_ask_at_once(two: list[SharedRates]) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda number: taken(two[number % 2]), range(40))) == 10


def test_a_request_is_taken_when_the_answer_said_it_would(two: list[SharedRates], clock: Clock) -> None:
    for _ in range(10):
        two[0].take(TEN_A_MINUTE, "ann")
    for number in range(30):
        with pytest.raises(TooManyRequests) as refused:
            two[number % 2].take(TEN_A_MINUTE, "ann")
        assert refused.value.retry_after_seconds == 6
        clock.forward(6 * SECOND)
        two[number % 2].take(TEN_A_MINUTE, "ann")


def test_who_is_cleared_begins_anew(two: list[SharedRates]) -> None:
    assert [taken(two[0]) for _ in range(11)][-1] is False
    two[1].clear(TEN_A_MINUTE, "ann")
    assert [taken(two[0]) for _ in range(11)] == [True] * 10 + [False]


def test_a_scale_multiplies_the_quota_and_zero_lifts_it(database: Database, clock: Clock) -> None:
    assert sum(taken(SharedRates(database, 3, clock)) for _ in range(40)) == 30
    assert all(taken(SharedRates(database, 0, clock)) for _ in range(40))


@pytest.mark.parametrize("key", ["", "nul\0", "half \ud800", "x" * 100_000])
def test_whoever_it_is_can_be_counted(two: list[SharedRates], key: str) -> None:
    assert [taken(two[0], TWO_A_MINUTE, key) for _ in range(3)] == [True, True, False]


def test_nothing_is_kept_of_who_is_at_no_limit(database: Database, clock: Clock) -> None:
    for number in range(5):
        SharedRates(database, clock=clock).take(TEN_A_MINUTE, f"m{number}")
    clock.forward(FORGET_SECONDS * SECOND)
    SharedRates(database, clock=clock).take(TEN_A_MINUTE, "ann")
    with database.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(rate_limits)).scalar() == 1


def test_a_clock_that_was_ahead_locks_nobody_out_for_longer_than_the_window(
    two: list[SharedRates], clock: Clock
) -> None:
    clock.forward(400 * DAY)
    assert taken(two[0])
    clock.forward(-400 * DAY)
    with pytest.raises(TooManyRequests) as refused:
        two[0].take(TEN_A_MINUTE, "ann")
    assert refused.value.retry_after_seconds <= TEN_A_MINUTE.window_seconds
    clock.forward(TEN_A_MINUTE.window_seconds * SECOND)
    assert taken(two[1])


def counted(rates: SharedRates, cap: DailyCap = THREE_A_DAY) -> bool:
    try:
        rates.count(cap, "ann")
    except TooManyRequests:
        return False
    return True


def test_a_daily_cap_is_one_for_all_who_count_and_ends_with_the_day(two: list[SharedRates], clock: Clock) -> None:
    clock.forward(5 * HOUR)
    assert [counted(two[number % 2]) for number in range(5)] == [True] * 3 + [False] * 2
    with pytest.raises(TooManyRequests) as refused:
        two[0].count(THREE_A_DAY, "ann")
    clock.forward((refused.value.retry_after_seconds - 1) * SECOND)
    assert not counted(two[1])
    clock.forward(SECOND)
    assert counted(two[1])


def test_a_scale_multiplies_a_daily_cap_and_zero_lifts_it(database: Database, clock: Clock) -> None:
    assert sum(counted(SharedRates(database, 2, clock)) for _ in range(10)) == 6
    assert all(counted(SharedRates(database, 0, clock)) for _ in range(10))


def test_a_daily_cap_of_nothing_lets_nobody_through(database: Database, clock: Clock) -> None:
    assert not counted(SharedRates(database, clock=clock), DailyCap("none", 0))
