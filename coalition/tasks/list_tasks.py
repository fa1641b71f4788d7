"""The tasks that somebody may see: those of the kinds that they may ask for."""

from collections.abc import Sequence

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.errors import NotFound
from coalition.tasks.store import MADE, find_file, find_task, newest_tasks
from coalition.tasks.task import Task, TaskFile, TaskKind, TaskState, task_kinds
from settlement import Phrase


def kinds_for(caller: Caller) -> list[TaskKind]:
    """The kinds that somebody may ask for."""
    return [kind for kind in task_kinds().values() if caller.role in kind.roles]


def list_tasks(
    alliance: Alliance,
    caller: Caller,
    limit: int,
    *,
    kind: str | None = None,
    states: Sequence[TaskState] = (),
    before: tuple[int, str] | None = None,
) -> list[Task]:
    """Tasks, the newest first; those behind the one with the instant and the id `before`."""
    kinds = [each.name for each in kinds_for(caller) if kind in (None, each.name)]
    with alliance.database.engine.connect() as connection:
        return newest_tasks(connection, alliance.id, kinds, limit, states=states, before=before)


def find_own_task(alliance: Alliance, caller: Caller, id_: str) -> Task:
    """The task with this id. Raises NotFound if there is none, or the caller may not see it."""
    with alliance.database.engine.connect() as connection:
        task = find_task(connection, alliance.id, id_)
    if task is None or task.kind not in [kind.name for kind in kinds_for(caller)]:
        raise NotFound(Phrase("task"), id_)
    return task


def file_of_task(alliance: Alliance, caller: Caller, id_: str) -> TaskFile:
    """What a task made. Raises NotFound if it made nothing, or the caller may not see it."""
    task = find_own_task(alliance, caller, id_)
    with alliance.database.engine.connect() as connection:
        made = find_file(connection, alliance.id, task.id, MADE)
    if made is None:
        raise NotFound(Phrase("file"), id_)
    return made
