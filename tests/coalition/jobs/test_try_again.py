"""Whoever gives way to another one tries again: jobs and commands, as requests do."""

import ast
import threading
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, update

from coalition.jobs.job import JobKind, Work
from coalition.jobs.tables import jobs
from coalition.jobs.worker import Worker
from coalition.members.tables import members
from coalition.try_again import TRIES, try_again
from settlement import TransactionConflict
from tests.support.town_api import ApiTown

COMMANDS = Path(__file__).parents[3] / "coalition" / "cli" / "commands"
AGAIN = {
    "try_again",
    *(f"acting.approvals.{name}" for name in ("approve", "find_to_decide", "find_visible", "reject", "withdraw")),
}
"""Those of approvals are called in functions that are tried again as a whole."""


def test_what_gave_way_is_done_anew_a_few_times() -> None:
    done: list[int] = []

    def give_way(times: int) -> int:
        done.append(times)
        if len(done) <= times:
            raise TransactionConflict("x", "deadlock detected")
        return len(done)

    assert try_again(give_way, 2) == 3
    done.clear()
    with pytest.raises(TransactionConflict):
        try_again(give_way, TRIES)
    assert len(done) == TRIES


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_job_that_gives_way_in_a_deadlock_is_done_at_once(town: ApiTown) -> None:
    """SQLite has one writer at a time, and no deadlocks."""
    both, ahead = threading.Barrier(2, timeout=20), threading.Event()
    runs: list[int] = []

    def touch(connection: Connection, member: str) -> None:
        row = members.c.alliance_id == town.alliance.id, members.c.id == member
        connection.execute(update(members).where(*row).values(name=member))

    def stay() -> None:
        with town.database.engine.begin() as connection:
            # Whoever looks for a deadlock first is the one that gives way.
            connection.exec_driver_sql("SET LOCAL deadlock_timeout = '20s'")
            touch(connection, "bob")
            both.wait()
            ahead.set()
            touch(connection, "ann")

    def run(work: Work) -> None:
        runs.append(1)
        with work.alliance.database.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL deadlock_timeout = '200ms'")
            touch(connection, "ann")
            if len(runs) == 1:
                both.wait()
                ahead.wait(20)
            touch(connection, "bob")

    thread = threading.Thread(target=stay)
    thread.start()
    worker = Worker(town.alliances, [JobKind("touch", run, every_seconds=3600)])
    worker.run_due()
    worker.stop()
    thread.join()
    with town.database.engine.connect() as connection:
        failures = connection.execute(select(jobs.c.failures).where(jobs.c.name == "touch")).scalar_one()
    assert (len(runs), failures) == (2, 0)


def test_every_command_that_acts_as_somebody_tries_again() -> None:
    calls = [
        (path.name, call)
        for path in sorted(COMMANDS.glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and "acting.caller" in [ast.unparse(argument) for argument in call.args]
    ]
    assert len(calls) > 15
    once = [f"{name}:{call.lineno}" for name, call in calls if ast.unparse(call.func) not in AGAIN]
    assert once == [], "call it by try_again"
