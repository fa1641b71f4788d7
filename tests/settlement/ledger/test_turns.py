"""Turns of threads: short while anybody wants them so, and as they were afterwards."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from settlement.ledger.turns import TURN_SECONDS, turns

USUAL = 0.004
THREADS = 8


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """A switch interval that is nobody's default."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(USUAL)
    yield
    sys.setswitchinterval(before)


def test_turns_are_short_until_the_last_has_left() -> None:
    with turns.often():
        with turns.often():
            assert sys.getswitchinterval() == pytest.approx(TURN_SECONDS)
        assert sys.getswitchinterval() == pytest.approx(TURN_SECONDS)
    assert sys.getswitchinterval() == pytest.approx(USUAL)


def test_an_error_gives_them_back() -> None:
    with pytest.raises(ZeroDivisionError), turns.often():
        raise ZeroDivisionError
    assert sys.getswitchinterval() == pytest.approx(USUAL)


def test_turns_shorter_than_wanted_stay_as_they_are() -> None:
    sys.setswitchinterval(TURN_SECONDS / 2)
    shorter = sys.getswitchinterval()
    with turns.often():
        assert sys.getswitchinterval() == shorter
    assert sys.getswitchinterval() == shorter


def test_many_threads_that_overlap_leave_it_as_it_was() -> None:
    together = Barrier(THREADS)

    def come_and_go() -> None:
        together.wait()
        for _ in range(1_000):
            with turns.often():
                pass

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(come_and_go) for _ in range(THREADS)]:
            done.result()
    assert sys.getswitchinterval() == pytest.approx(USUAL)
