"""Fixtures for webhooks: a town whose worker may send to this machine, and a receiver."""

from collections.abc import Iterator

import pytest

from coalition.jobs.job import WorkSettings
from settlement.ledger import Database
from tests.support.clock import Clock
from tests.support.receiver import Receiver, receiver
from tests.support.town_api import ApiTown, api_town

SETTINGS = WorkSettings(allow_private=True, webhook_timeout_seconds=0.5)


@pytest.fixture
def town(database: Database, clock: Clock) -> Iterator[ApiTown]:
    """A town on each of the two databases."""
    with api_town(database, clock) as town:
        town.app.state.work_settings = SETTINGS
        yield town


@pytest.fixture
def target() -> Iterator[Receiver]:
    """A receiver that takes everything, unless it is told otherwise."""
    with receiver() as listening:
        yield listening
