"""Two hundred settlement months; `TEST_EFFORT=5 pytest tests/simulation/test_months.py` makes them a thousand.

On PostgreSQL there are twenty; `TEST_EFFORT=50 pytest tests/simulation/test_months.py -k postgresql` makes a thousand.
"""

from contextlib import closing
from pathlib import Path

import pytest

from settlement.ledger import Database
from tests.conftest import create_tables
from tests.simulation.months import MONTHS, simulate
from tests.support.effort import EFFORT

SQLITE_SEEDS = range(1, 20 * EFFORT + 1)
POSTGRES_SEEDS = range(9001, 9001 + 2 * EFFORT)


@pytest.mark.parametrize("seed", SQLITE_SEEDS)
def test_every_cent_is_accounted_for_whatever_banks_and_crashes_do(sqlite_url: str, seed: int) -> None:
    with closing(Database(sqlite_url)) as database:
        assert simulate(database, seed)["months"] == MONTHS


@pytest.mark.parametrize("seed", POSTGRES_SEEDS)
def test_on_postgresql_it_is_the_same(postgres_url: str, seed: int) -> None:
    with closing(Database(postgres_url)) as database:
        assert simulate(database, seed)["months"] == MONTHS


def test_a_seed_gives_the_same_months_again(sqlite_url: str, tmp_path: Path) -> None:
    other_url = f"sqlite:///{tmp_path / 'again.db'}"
    create_tables(other_url)
    lives = []
    for url in (sqlite_url, other_url):
        with closing(Database(url)) as database:
            lives.append(simulate(database, 77, 3))
    assert lives[0] == lives[1]
    assert lives[0]["crashes"] > 0
