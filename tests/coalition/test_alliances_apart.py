"""Tables can be spread over nodes by their alliance: queries name it, and no transaction is about two."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from coalition.jobs.store import JobKey, add_jobs
from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from settlement.ledger import Database
from tests.support.alliances_apart import names_alliance, watched_queries, written_queries
from tests.support.clock import DAY, Clock
from tests.support.town_api import RULES, ApiTown, api_town, purchase

OF_ALL_ALLIANCES = {
    "settlement/ledger/book.py:create": "the id of a new alliance is the next one",
    "settlement/ledger/database.py:snapshot": "a snapshot is of the whole database: backups read it",
    "settlement/ledger/directory.py:book_names": "which alliances there are",
    "settlement/ledger/directory.py:book_ids": "which alliances there are",
    "settlement/ledger/directory.py:_id_of": "whose name it is",
    "coalition/jobs/store.py:missing_jobs": "which alliances lack a job",
    "coalition/jobs/store.py:pull_in": "which jobs of all alliances a clock that was ahead has set",
    "coalition/jobs/store.py:due_jobs": "which job of which alliance is due next",
}
"""Functions whose queries name no alliance, with the reason."""


@pytest.fixture
def towns(database: Database, clock: Clock) -> Iterator[tuple[ApiTown, ApiTown]]:
    """Two alliances in one database."""
    with api_town(database, clock) as old, api_town(database, clock, replace(RULES, name="New Town")) as new:
        yield old, new


def test_every_query_that_is_written_as_text_names_its_alliance() -> None:
    queries = list(written_queries())
    assert len(queries) > 200
    unnamed = {function for function, query in queries if not names_alliance(query)}
    assert unnamed <= OF_ALL_ALLIANCES.keys()


def test_sales_and_jobs_of_two_alliances_name_theirs_and_share_no_transaction(
    towns: tuple[ApiTown, ApiTown], clock: Clock
) -> None:
    with watched_queries() as watch:
        for town in towns:
            till = town.till()
            assert purchase(till, "a", amount_minor=1_000)["status"] == 201
            assert purchase(till, "b", amount_minor=300, points=20)["status"] == 201
        for _ in range(2):
            Worker(towns[0].alliances, job_kinds()).run_due()
            clock.forward(8 * DAY)
    assert watch.unnamed.keys() <= OF_ALL_ALLIANCES.keys(), watch.unnamed
    assert watch.crossing == {}


def test_the_watch_sees_what_names_none_and_what_names_two(towns: tuple[ApiTown, ApiTown]) -> None:
    assert not names_alliance("SELECT jobs.alliance_id FROM jobs WHERE jobs.due_at <= 7")
    assert names_alliance("SELECT name FROM jobs WHERE jobs.alliance_id = 7")
    assert names_alliance("SELECT name FROM jobs WHERE (jobs.alliance_id, jobs.name) IN ((7, 'x'))")
    assert names_alliance("INSERT INTO jobs (alliance_id, name) VALUES (7, 'x')")
    assert names_alliance("SELECT 1 FROM no_table_of_ours")
    first, second = (town.alliance.id for town in towns)
    with watched_queries() as watch, towns[0].database.engine.connect() as connection:
        add_jobs(connection, [JobKey(first, "x")], 0)
        connection.commit()
        add_jobs(connection, [JobKey(second, "x")], 0)
        assert watch.crossing == {}
        add_jobs(connection, [JobKey(first, "y")], 0)
        connection.rollback()
    assert watch.crossing.keys() == {"coalition/jobs/store.py:add_jobs"}
    assert watch.unnamed == {}
