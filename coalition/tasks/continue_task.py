"""Go on with a task, part by part: each part is written down before the next one begins."""

import logging
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.jobs.job import RUN_SECONDS_MAX
from coalition.jobs.store import JobKey, remove_job
from coalition.locale.formats import LANGS
from coalition.locale.messages import N_, translate
from coalition.tasks.start_task import JOB
from coalition.tasks.store import SOURCE, begin, count_failure, find_file, find_task, keep_failure, keep_step
from coalition.tasks.task import Outcome, Task, TaskKind, TaskRun, TaskState, task_kinds
from coalition.tasks.why import in_each_language
from settlement import DatabaseUnusable, SettlementError

log = logging.getLogger("coalition.tasks")

FAILURES_MAX = 5
"""After so many errors in a row that nobody foresaw, a task has failed."""
BROKEN = N_("An error of the server broke it off {count} times. What is done is kept; the server's log says more.")


def continue_task(alliance: Alliance, id_: str, stopping: Callable[[], bool] = lambda: False) -> None:
    """Go on with a task for some seconds, or to its end. What somebody else has gone on with meanwhile is left to them.

    Raises what nobody foresaw, after it was counted.
    """
    until = time.monotonic() + RUN_SECONDS_MAX
    memory: dict[str, Any] = {}
    while not stopping() and time.monotonic() < until:
        with alliance.database.engine.connect() as connection:
            task = find_task(connection, alliance.id, id_)
            source = find_file(connection, alliance.id, id_, SOURCE)
        if task is None or not task.is_open:
            _forget_job(alliance, id_)
            return
        if not _go_on(alliance, task, b"" if source is None else source.content, memory):
            return


def _go_on(alliance: Alliance, task: Task, source: bytes, memory: dict[str, Any]) -> bool:
    """One part of a task; whether it was ours to write down."""
    now = alliance.machine_clock
    if task.state is TaskState.WAITING:
        # A part can take long: whoever looks meanwhile sees that it is under way.
        with alliance.database.engine.begin() as connection:
            if not begin(connection, alliance.id, task, now()):
                return False
        task = replace(task, state=TaskState.RUNNING)
    try:
        step = _kind_of(task).step(TaskRun(alliance, task, source, memory))
    except DatabaseUnusable:
        raise
    except (CoalitionError, SettlementError) as error:
        why: Outcome = in_each_language(alliance, error)
        with alliance.database.engine.begin() as connection:
            return keep_failure(connection, alliance.id, task, why, now())
    except Exception:
        with alliance.database.engine.begin() as connection:
            failures = count_failure(connection, alliance.id, task.id)
        if failures < FAILURES_MAX:
            raise
        log.exception("task %s of alliance %s failed", task.id, alliance.id)
        why = {lang: translate(BROKEN, lang, count=failures) for lang in LANGS}
        with alliance.database.engine.begin() as connection:
            return keep_failure(connection, alliance.id, task, why, now())
    with alliance.database.engine.begin() as connection:
        return keep_step(connection, alliance.id, task, step, now())


class TaskKindUnknown(CoalitionError):
    """A task of a kind that nothing declares: it came from a newer version, or from a plugin that is gone."""

    public = False
    code = "task_kind_unknown"
    detail = N_("This server does not know work of the kind {kind:code}.")
    kind: str


def _kind_of(task: Task) -> TaskKind:
    kind = task_kinds().get(task.kind)
    if kind is None:
        raise TaskKindUnknown(task.kind)
    return kind


def _forget_job(alliance: Alliance, id_: str) -> None:
    with alliance.database.engine.begin() as connection:
        remove_job(connection, JobKey(alliance.id, JOB, id_))
