"""A bank behind the rail, on both databases."""

from collections.abc import Callable

import pytest

from settlement.ledger import Book
from tests.support.bank import Bank, csv_settings, sepa_settings
from tests.support.clock import Clock


@pytest.fixture
def bank(book: Callable[..., Book], clock: Clock) -> Bank:
    """SEPA both ways."""
    return Bank(book(), sepa_settings(), clock)


@pytest.fixture
def tables(book: Callable[..., Book], clock: Clock) -> Bank:
    """Tables both ways: shops send their money themselves."""
    return Bank(book(), csv_settings(), clock)


@pytest.fixture
def bank_of(book: Callable[..., Book], clock: Clock) -> Callable[..., Bank]:
    """A bank behind an account with these settings."""
    return lambda settings: Bank(book(), settings, clock)
