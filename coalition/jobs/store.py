"""Jobs in the database. A lease is taken in one statement, so of many processes one gets a job, on both databases.

Times are microseconds since 1970 UTC by the machine's clock, also for an alliance whose own clock is ahead.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from sqlalchemy import Connection, Engine, delete, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from coalition.jobs.tables import jobs

NEVER = 2**62
"""Due at no time, until somebody calls `wake`."""
SECOND = 1_000_000
PAUSE_MAX_SECONDS = 300
"""The longest pause after failures; the first is a second, each further one twice as long."""
ERROR_CHARS_MAX = 500

_ADD = text(
    "INSERT INTO jobs (alliance_id, name, subject, due_at, leased_until, failures) "
    "VALUES (:alliance_id, :name, :subject, :due_at, 0, 0) ON CONFLICT DO NOTHING"
)


class JobKey(NamedTuple):
    """Which job."""

    alliance_id: int
    name: str
    subject: str = ""


def add_jobs(connection: Connection, keys: Iterable[JobKey], due_at: int) -> None:
    """Add jobs that are not there yet."""
    rows = [{**key._asdict(), "due_at": due_at} for key in keys]
    if rows:
        connection.execute(_ADD, rows)


def missing_jobs(connection: Connection, keys: Iterable[JobKey]) -> list[JobKey]:
    """Those of these jobs that are not there, in their order."""
    asked = list(keys)
    names = sorted({key.name for key in asked})
    query = select(jobs.c.alliance_id, jobs.c.name, jobs.c.subject).where(jobs.c.name.in_(names))
    existing = {JobKey(*row) for row in connection.execute(query)}
    return [key for key in asked if key not in existing]


def remove_job(connection: Connection, key: JobKey) -> None:
    """Take a job away; one that is under way ends by itself."""
    connection.execute(delete(jobs).where(_is(key)))


def wake(connection: Connection, key: JobKey, due_at: int) -> None:
    """Let a job be due at `due_at`, if it is not before."""
    connection.execute(update(jobs).where(_is(key), jobs.c.due_at > due_at).values(due_at=due_at))


def pull_in(engine: Engine, longest: Mapping[str, tuple[int | None, int]], now: int) -> None:
    """Let no job wait, and no lease last, longer than it could: a clock that was ahead for a while has set them so.

    `longest` is by name of a job how often it runs and how long a lease lasts, in seconds; None where it runs on call.
    """
    ahead = select(jobs.c.alliance_id, jobs.c.name, jobs.c.subject, jobs.c.due_at, jobs.c.leased_until).where(
        jobs.c.name.in_(sorted(longest)), (jobs.c.due_at > now) | (jobs.c.leased_until > now)
    )
    with engine.connect() as connection:
        rows = connection.execute(ahead).all()
    # Each in a transaction of its own, as they belong to many alliances; what somebody else changed meanwhile is well.
    for *key, due_at, leased_until in rows:
        every, lease = longest[key[1]]
        latest = now + max(every or 0, PAUSE_MAX_SECONDS) * SECOND
        late = every is not None and due_at > latest
        if late or leased_until > now + lease * SECOND:
            with engine.begin() as connection:
                connection.execute(
                    update(jobs)
                    .where(_is(JobKey(*key)), jobs.c.due_at == due_at, jobs.c.leased_until == leased_until)
                    .values(due_at=now if late else due_at, leased_until=min(leased_until, now + lease * SECOND))
                )


def due_jobs(connection: Connection, now: int) -> list[JobKey]:
    """Jobs that are due and that nobody holds, the longest due first."""
    rows = connection.execute(
        select(jobs.c.alliance_id, jobs.c.name, jobs.c.subject)
        .where(jobs.c.due_at <= now, jobs.c.leased_until <= now)
        .order_by(jobs.c.due_at, jobs.c.alliance_id, jobs.c.name, jobs.c.subject)
    )
    return [JobKey(*row) for row in rows]


def take_lease(connection: Connection, key: JobKey, holder: str, now: int, until: int) -> bool:
    """Take a job's lease until `until`; False where it is not due any more, or another holds it."""
    taken = connection.execute(
        update(jobs)
        .where(_is(key), jobs.c.due_at <= now, jobs.c.leased_until <= now)
        .values(leased_until=until, holder=holder)
    )
    return taken.rowcount == 1


def finish(
    connection: Connection, key: JobKey, holder: str, now: int, next_due: Callable[[Connection], int | None]
) -> None:
    """End the lease of a job that was done. `next_due` is asked under the job's lock, so that no `wake` is lost."""
    ended = connection.execute(
        update(jobs)
        .where(_is(key), jobs.c.holder == holder)
        .values(leased_until=0, holder=None, failures=0, done_at=now, error=None)
    )
    if ended.rowcount == 1:
        due_at = next_due(connection)
        connection.execute(update(jobs).where(_is(key)).values(due_at=NEVER if due_at is None else due_at))


def fail(connection: Connection, key: JobKey, holder: str, now: int, error: str) -> None:
    """End the lease of a job that failed; it is due again after a pause that grows."""
    failures = connection.execute(
        update(jobs)
        .where(_is(key), jobs.c.holder == holder)
        .values(leased_until=0, holder=None, failures=jobs.c.failures + 1, error=error[:ERROR_CHARS_MAX])
        .returning(jobs.c.failures)
    ).scalar()
    if failures is not None:
        pause = min(PAUSE_MAX_SECONDS, 2 ** min(failures - 1, 16))
        connection.execute(update(jobs).where(_is(key)).values(due_at=now + pause * SECOND))


def _is(key: JobKey) -> ColumnElement[bool]:
    return (jobs.c.alliance_id == key.alliance_id) & (jobs.c.name == key.name) & (jobs.c.subject == key.subject)
