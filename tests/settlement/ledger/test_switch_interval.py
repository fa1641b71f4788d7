"""The switch interval of threads: short while anybody needs it so, and as it was afterwards."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from settlement.ledger.switch_interval import SHORT_SECONDS, short_switch_interval

USUAL = 0.004
THREADS = 8


@pytest.fixture(autouse=True)
def usual() -> Iterator[None]:
    """A switch interval that is nobody's default."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(USUAL)
    yield
    sys.setswitchinterval(before)


def test_the_interval_is_short_until_the_last_has_left() -> None:
    with short_switch_interval():
        with short_switch_interval():
            assert sys.getswitchinterval() == pytest.approx(SHORT_SECONDS)
        assert sys.getswitchinterval() == pytest.approx(SHORT_SECONDS)
    assert sys.getswitchinterval() == pytest.approx(USUAL)


def test_an_error_restores_it() -> None:
    with pytest.raises(ZeroDivisionError), short_switch_interval():
        raise ZeroDivisionError
    assert sys.getswitchinterval() == pytest.approx(USUAL)


def test_an_interval_shorter_than_needed_stays_as_it_is() -> None:
    sys.setswitchinterval(SHORT_SECONDS / 2)
    shorter = sys.getswitchinterval()
    with short_switch_interval():
        assert sys.getswitchinterval() == shorter
    assert sys.getswitchinterval() == shorter


def test_many_threads_that_overlap_leave_it_as_it_was() -> None:
    together = Barrier(THREADS)

    def come_and_go() -> None:
        together.wait()
        for _ in range(1_000):
            with short_switch_interval():
                pass

    with ThreadPoolExecutor(THREADS) as pool:
        for done in [pool.submit(come_and_go) for _ in range(THREADS)]:
            done.result()
    assert sys.getswitchinterval() == pytest.approx(USUAL)
