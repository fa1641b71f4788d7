"""Rate limits: so many in a window, no double at its edge, and what the headers say."""

import pytest

from coalition.access.caller import Role
from coalition.access.errors import TooManyRequests
from coalition.access.rate_limits import POLICY_OF_ROLE, Policy, Rates
from tests.support.clock import Clock

TEN_A_MINUTE = Policy("test", 10, 60)
SECOND_NS = 1_000_000_000


def test_a_whole_quota_may_come_at_once_and_then_no_more() -> None:
    rates = Rates(clock_ns=Clock(0))
    assert [rates.take(TEN_A_MINUTE, "ann").left for _ in range(10)] == list(range(9, -1, -1))
    with pytest.raises(TooManyRequests) as refused:
        rates.take(TEN_A_MINUTE, "ann")
    assert refused.value.retry_after_seconds == 6
    rates.take(TEN_A_MINUTE, "ben")


def test_a_request_is_taken_when_the_answer_said_it_would() -> None:
    clock = Clock(0)
    rates = Rates(clock_ns=clock)
    taken = 0
    for _ in range(600):
        try:
            rates.take(TEN_A_MINUTE, "ann")
            taken += 1
        except TooManyRequests as refused:
            clock.forward(refused.retry_after_seconds * SECOND_NS)
            rates.take(TEN_A_MINUTE, "ann")
            taken += 1
    assert taken <= 10 + clock.now // (6 * SECOND_NS)


def test_no_window_holds_more_than_twice_the_quota() -> None:
    clock = Clock(0)
    rates = Rates(clock_ns=clock)
    times = []
    for _ in range(2_000):
        clock.forward(SECOND_NS // 10)
        try:
            rates.take(TEN_A_MINUTE, "ann")
            times.append(clock.now)
        except TooManyRequests:
            pass
    assert max(sum(start <= at < start + 60 * SECOND_NS for at in times) for start in times) < 2 * TEN_A_MINUTE.quota


def test_a_scale_of_zero_lifts_the_limits() -> None:
    rates = Rates(0)
    assert {rates.take(TEN_A_MINUTE, "ann").left for _ in range(50)} == {10}


def test_every_role_has_a_limit() -> None:
    assert set(POLICY_OF_ROLE) == set(Role)
