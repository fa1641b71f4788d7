"""Fixtures for the API: a town on each database."""

from collections.abc import Iterator

import pytest

from settlement import Database
from tests.support.clock import Clock
from tests.support.town_api import ApiTown, api_town
from tests.support.wallets import People


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town on each of the two databases."""
    with api_town(database, clock) as town:
        yield town


@pytest.fixture
def people(town: ApiTown) -> People:
    """The town's app, tills and operator."""
    return People(town)
