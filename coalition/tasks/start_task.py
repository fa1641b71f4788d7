"""Ask for a task: it is written down, and done by whichever process takes it."""

from coalition.access.caller import Caller, check_role
from coalition.access.log import Detail, record
from coalition.alliance import Alliance
from coalition.ids import random_id
from coalition.jobs.store import JobKey, add_jobs
from coalition.tasks.store import SOURCE, add_task, keep_file, open_task_of, task_of_key
from coalition.tasks.task import Outcome, Task, TaskFile, TaskKind, TaskState

LogLine = tuple[str, str, dict[str, Detail]]
"""An entry of the log: action, target and details."""
JOB = "task"
"""The job that goes on with a task, which is its subject."""


def start_task(
    alliance: Alliance,
    caller: Caller,
    kind: TaskKind,
    key: str,
    *,
    source: TaskFile | None = None,
    about: str = "",
    total: int = 0,
    outcome: Outcome | None = None,
    log: LogLine | None = None,
) -> Task:
    """A new task, or the one that the same key asked for before. Of a single kind, the one `about` the same that has
    not ended.

    `outcome` is what the task begins with. `log` is the action, the target and the details of an entry of the log,
    which is written where the task is new. Raises RoleNotAllowed.
    """
    check_role(caller, kind.roles)
    now = alliance.machine_clock()
    task = Task(
        random_id("tsk"), kind.name, caller.id, caller.role, now, TaskState.WAITING, 0, total, outcome or {}, now, None
    )
    sole = f"{kind.name} {about}".strip() if kind.single else None
    while True:
        with alliance.database.engine.begin() as connection:
            if add_task(connection, alliance.id, task, key, sole):
                if source is not None:
                    keep_file(connection, alliance.id, task.id, SOURCE, source)
                add_jobs(connection, [JobKey(alliance.id, JOB, task.id)], now)
                if log is not None:
                    record(connection, caller, *log)
                return task
        with alliance.database.engine.connect() as connection:
            earlier = task_of_key(connection, alliance.id, key)
            if earlier is None and sole is not None:
                earlier = open_task_of(connection, alliance.id, sole)
        # The open one may have ended in between, or been forgotten: then there is room for a new one.
        if earlier is not None:
            return earlier
