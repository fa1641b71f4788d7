"""Jobs as rows: one of many gets a job, a lease that is over frees it, nobody's wake is lost."""

from concurrent.futures import ThreadPoolExecutor

from coalition.jobs.store import NEVER, SECOND, JobKey, add_jobs, due_jobs, fail, finish, remove_job, take_lease, wake
from settlement.ledger import Database

KEY = JobKey(1, "sweep", "")


def take(database: Database, holder: str, now: int = 0, until: int = 10) -> bool:
    with database.engine.begin() as connection:
        return take_lease(connection, KEY, holder, now, until)


def due(database: Database, now: int) -> list[JobKey]:
    with database.engine.connect() as connection:
        return due_jobs(connection, now)


def added(database: Database) -> None:
    with database.engine.begin() as connection:
        add_jobs(connection, [KEY], 0)


def test_of_many_who_take_a_lease_one_gets_it(database: Database) -> None:
    added(database)
    added(database)
    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(lambda number: take(database, f"worker {number}"), range(40))) == 1


def test_a_job_whose_holder_died_is_free_when_the_lease_is_over(database: Database) -> None:
    added(database)
    assert take(database, "first")
    assert (due(database, 9), due(database, 10)) == ([], [KEY])
    assert take(database, "second", 10, 20)
    with database.engine.begin() as connection:
        finish(connection, KEY, "first", 11, lambda _: 99)
    assert due(database, 19) == []


def test_a_job_that_is_done_is_due_when_it_says(database: Database) -> None:
    added(database)
    take(database, "first")
    with database.engine.begin() as connection:
        finish(connection, KEY, "first", 5, lambda _: 30)
    assert (due(database, 29), due(database, 30)) == ([], [KEY])


def test_one_that_is_never_due_is_woken(database: Database) -> None:
    added(database)
    take(database, "first")
    with database.engine.begin() as connection:
        finish(connection, KEY, "first", 5, lambda _: None)
    assert due(database, NEVER - 1) == []
    with database.engine.begin() as connection:
        wake(connection, KEY, 7)
        wake(connection, KEY, 8)
    assert (due(database, 6), due(database, 7)) == ([], [KEY])


def test_failures_are_tried_again_after_growing_pauses(database: Database) -> None:
    added(database)
    now, pauses = 0, []
    for _ in range(11):
        assert take(database, "first", now, now + 10)
        with database.engine.begin() as connection:
            fail(connection, KEY, "first", now, "no luck")
        pause = next(pause for pause in range(1, 400) if due(database, now + pause * SECOND))
        pauses.append(pause)
        now += pause * SECOND
    assert pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


def test_a_job_that_was_removed_is_gone(database: Database) -> None:
    added(database)
    with database.engine.begin() as connection:
        remove_job(connection, KEY)
    assert due(database, NEVER) == []
    assert not take(database, "first")
