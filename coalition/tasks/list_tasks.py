"""The tasks that somebody may see: those of the kinds that they may ask for."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coalition.access.caller import Caller
from coalition.alliance import Alliance
from coalition.errors import NotFound
from coalition.tasks.store import find_file, find_task, made_parts, newest_tasks
from coalition.tasks.task import Task, TaskKind, TaskState, task_kinds
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


@dataclass(frozen=True, slots=True)
class MadeFile:
    """What a task made: its name, how many bytes it has, and these, a part at a time."""

    name: str
    size: int
    parts: Iterator[bytes]


def file_of_task(alliance: Alliance, caller: Caller, id_: str) -> MadeFile:
    """What a task made. Raises NotFound if it made nothing, or the caller may not see it."""
    task = find_own_task(alliance, caller, id_)
    if task.file is None:
        raise NotFound(Phrase("file"), id_)
    with alliance.database.engine.connect() as connection:
        parts = made_parts(connection, alliance.id, task.id)
    names = [part for part, _ in parts]
    return MadeFile(task.file, sum(size for _, size in parts), _contents(alliance, task.id, names))


def _contents(alliance: Alliance, id_: str, parts: Sequence[str]) -> Iterator[bytes]:
    """The parts of a file, each read as it is asked for: a file may be larger than a process's memory."""
    for part in parts:
        with alliance.database.engine.connect() as connection:
            made = find_file(connection, alliance.id, id_, part)
        if made is None:
            raise NotFound(Phrase("file"), id_)
        yield made.content
