"""Jobs that go on with tasks, and forget those that ended long ago."""

from sqlalchemy import Connection

from coalition.alliance import Alliance
from coalition.jobs.job import JobKind, Lane, Work, on_alliance
from coalition.jobs.store import SECOND
from coalition.tasks.continue_task import continue_task
from coalition.tasks.start_task import JOB
from coalition.tasks.store import find_task, forget_before

DAY_SECONDS = 86_400
KEPT_DAYS = 7
"""How long a task that has ended can be looked at, and what it made fetched."""


def go_on(work: Work) -> None:
    """Go on with the task that the job is about."""
    continue_task(work.alliance, work.subject, work.stopping)


def next_due(connection: Connection, alliance_id: int, subject: str) -> int | None:
    """At once while it has not ended."""
    task = find_task(connection, alliance_id, subject)
    return 0 if task is not None and task.is_open else None


def forget_old(alliance: Alliance) -> None:
    """Forget tasks that ended some days ago."""
    with alliance.database.engine.begin() as connection:
        forget_before(connection, alliance.id, alliance.machine_clock() - KEPT_DAYS * DAY_SECONDS * SECOND)


JOBS = (
    JobKind(JOB, go_on, next_due=next_due, lane=Lane.LONG, lease_seconds=120),
    JobKind("tasks.forget", on_alliance(forget_old), every_seconds=DAY_SECONDS),
)
