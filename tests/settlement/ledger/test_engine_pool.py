"""The engine's pool: who has a connection never waits for a second one."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import TimeoutError as NoneFree

from settlement.ledger import Database
from settlement.ledger.engine_pool import EnginePool

ALL = 15
"""As many as a pool has, of SQLAlchemy's own size."""
ONE = text("SELECT 1")


def test_all_who_have_a_connection_get_a_second_one(database: Database) -> None:
    together = Barrier(ALL, timeout=60)

    def take_two(_: int) -> int:
        with database.engine.connect() as first:
            first.execute(ONE)
            together.wait()
            with database.engine.connect() as second:
                answer: int = second.execute(ONE).scalar_one()
                together.wait()
        return answer

    with ThreadPoolExecutor(ALL) as threads:
        for _ in range(3):
            assert sum(threads.map(take_two, range(ALL))) == ALL
    pool = database.engine.pool
    assert isinstance(pool, EnginePool)
    assert pool.checkedout() == 0
    assert pool.checkedin() <= pool.size()


def test_others_wait_as_long_as_ever(database: Database) -> None:
    with ExitStack() as held:
        together = Barrier(ALL + 1, timeout=60)

        def hold() -> None:
            with database.engine.connect():
                together.wait()
                together.wait()

        threads = held.enter_context(ThreadPoolExecutor(ALL))
        done = [threads.submit(hold) for _ in range(ALL)]
        together.wait()
        try:
            with pytest.raises(NoneFree), database.engine.connect():
                pass
        finally:
            together.wait()
        for each in done:
            each.result()
    with database.engine.connect() as connection:
        assert connection.execute(ONE).scalar_one() == 1
