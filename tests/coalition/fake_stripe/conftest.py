"""A fresh fake Stripe for every test, the official library to speak to it, and a hand on its controls."""

from collections.abc import Iterator

import pytest
import requests
import stripe

from coalition.fake_stripe import NONE, FakeStripe
from tests.support.stripe import START, Control, Town, client_of


@pytest.fixture(scope="session")
def running() -> Iterator[FakeStripe]:
    with FakeStripe.start(now=START, limits=NONE) as fake:
        yield fake


@pytest.fixture(scope="session")
def hand(running: FakeStripe) -> Iterator[Control]:
    made = Control(running.url)
    yield made
    made.http.close()


@pytest.fixture
def fake(running: FakeStripe, hand: Control) -> FakeStripe:
    """One server for all tests, which starts over for each."""
    hand.start_over()
    return running


@pytest.fixture
def control(fake: FakeStripe, hand: Control) -> Control:
    return hand


@pytest.fixture
def client(fake: FakeStripe) -> Iterator[stripe.StripeClient]:
    with requests.Session() as session:
        yield client_of(fake, session)


@pytest.fixture
def town(client: stripe.StripeClient, control: Control) -> Town:
    return Town(client, control)
