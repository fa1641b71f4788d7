"""Fixtures for trials: a town on each database, audited in the end."""

from collections.abc import Iterator

import pytest

from settlement.ledger import Database
from tests.support.clock import Clock
from tests.support.town_api import ApiTown, api_town, check_audit


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town on each of the two databases."""
    with api_town(database, clock) as town:
        yield town
        check_audit(town)
