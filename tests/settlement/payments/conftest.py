"""An alliance of four shops that pay over a rail told by the test."""

from collections.abc import Callable

import pytest

from settlement.ledger import Book, Session
from tests.support.clock import Clock
from tests.support.paying import Paying


@pytest.fixture
def town(book: Callable[..., Book], session: Session, clock: Clock) -> Paying:
    return Paying(book(), session, clock)
