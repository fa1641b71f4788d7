"""Tasks in the database. How far one is changes only from what it was: of two that go on with it, one counts."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, text, update
from sqlalchemy.sql.elements import ColumnElement

from coalition.access.caller import Role
from coalition.tasks.tables import task_files, tasks
from coalition.tasks.task import OPEN_STATES, Outcome, Task, TaskFile, TaskState, TaskStep

SOURCE, MADE = "source", "made-"
"""What a task was given; and what begins the names of the parts of the file that it makes, which are in their order."""
_ADD = text(
    "INSERT INTO tasks (alliance_id, id, kind, key, sole, requested_by, requested_role, requested_at, state, done, "
    "total, failures, outcome, changed_at) VALUES (:alliance_id, :id, :kind, :key, :sole, :requested_by, "
    ":requested_role, :requested_at, 'waiting', 0, :total, 0, :outcome, :requested_at) ON CONFLICT DO NOTHING"
)
_OPEN = tasks.c.state.in_([state.value for state in OPEN_STATES])


def add_task(connection: Connection, alliance_id: int, task: Task, key: str, sole: str | None = None) -> bool:
    """Add a task that waits; False where its key was used before, or an open one has the same `sole`."""
    values = {
        "alliance_id": alliance_id,
        "id": task.id,
        "kind": task.kind,
        "key": key,
        "sole": sole,
        "requested_by": task.requested_by,
        "requested_role": task.requested_role.value,
        "requested_at": task.requested_at,
        "total": task.total,
        "outcome": _written(task.outcome),
    }
    return connection.execute(_ADD, values).rowcount == 1


def find_task(connection: Connection, alliance_id: int, id_: str) -> Task | None:
    """The task with this id; None if there is none."""
    return next(iter(_tasks(connection, alliance_id, tasks.c.id == id_)), None)


def task_of_key(connection: Connection, alliance_id: int, key: str) -> Task | None:
    """The task that was asked for under a key; None if there is none."""
    return next(iter(_tasks(connection, alliance_id, tasks.c.key == key)), None)


def open_task_of(connection: Connection, alliance_id: int, sole: str) -> Task | None:
    """The open task that keeps others with the same `sole` out; None if there is none."""
    return next(iter(_tasks(connection, alliance_id, tasks.c.sole == sole)), None)


def newest_tasks(
    connection: Connection,
    alliance_id: int,
    kinds: Sequence[str],
    limit: int,
    *,
    before: tuple[int, str] | None = None,
    states: Sequence[TaskState] = (),
) -> list[Task]:
    """Tasks of these kinds, the newest first; those behind the one with the instant and the id `before`."""
    wanted: list[ColumnElement[bool]] = [tasks.c.kind.in_(list(kinds))]
    if states:
        wanted.append(tasks.c.state.in_([state.value for state in states]))
    if before is not None:
        at, id_ = before
        wanted.append((tasks.c.requested_at < at) | ((tasks.c.requested_at == at) & (tasks.c.id < id_)))
    return _tasks(connection, alliance_id, *wanted, limit=limit)


def begin(connection: Connection, alliance_id: int, before: Task, now: int) -> bool:
    """Write down that a task that waited is under way; False where somebody else took it up."""
    return _change(connection, alliance_id, before, state=TaskState.RUNNING.value, changed_at=now)


def keep_step(connection: Connection, alliance_id: int, before: Task, step: TaskStep, now: int) -> bool:
    """Write down how far a task is; False where somebody else went on with it. At its end what it was given goes."""
    state = TaskState.DONE if step.finished else TaskState.RUNNING
    ended: dict[str, object] = {"finished_at": now, "sole": None} if step.finished else {}
    kept = _change(
        connection,
        alliance_id,
        before,
        **ended,
        state=state.value,
        done=step.done,
        total=step.total,
        failures=0,
        outcome=_written(step.outcome),
        changed_at=now,
    )
    if kept and step.made is not None:
        keep_file(connection, alliance_id, before.id, f"{MADE}{before.done:012}", step.made)
    if kept and step.finished:
        _drop_files(connection, alliance_id, before.id, SOURCE)
    return kept


def keep_failure(connection: Connection, alliance_id: int, before: Task, why: Outcome, now: int) -> bool:
    """End a task that can't go on. What it was given goes, and what it made: half a file is none."""
    outcome = {**before.outcome, "why": why}
    state = TaskState.FAILED.value
    kept = _change(
        connection,
        alliance_id,
        before,
        state=state,
        outcome=_written(outcome),
        changed_at=now,
        finished_at=now,
        sole=None,
    )
    if kept:
        _drop_files(connection, alliance_id, before.id, SOURCE, MADE)
    return kept


def count_failure(connection: Connection, alliance_id: int, id_: str) -> int:
    """Count that an error broke a task off; how often that was since it last went on."""
    counted = connection.execute(
        update(tasks)
        .where(tasks.c.alliance_id == alliance_id, tasks.c.id == id_, _OPEN)
        .values(failures=tasks.c.failures + 1)
        .returning(tasks.c.failures)
    )
    return int(counted.scalar() or 0)


def keep_file(connection: Connection, alliance_id: int, id_: str, part: str, file: TaskFile) -> None:
    """Keep what a task was given, or made."""
    values = {"alliance_id": alliance_id, "task_id": id_, "part": part, "name": file.name, "content": file.content}
    connection.execute(insert(task_files).values(values))


def find_file(connection: Connection, alliance_id: int, id_: str, part: str) -> TaskFile | None:
    """What a task was given, or made; None where there is nothing."""
    here = task_files.c.alliance_id == alliance_id, task_files.c.task_id == id_, task_files.c.part == part
    row = connection.execute(select(task_files.c.name, task_files.c.content).where(*here)).one_or_none()
    return None if row is None else TaskFile(row.name, bytes(row.content))


def made_parts(connection: Connection, alliance_id: int, id_: str) -> list[tuple[str, int]]:
    """The parts of the file that a task has made, in order, and how many bytes each has."""
    query = (
        select(task_files.c.part, func.length(task_files.c.content))
        .where(task_files.c.alliance_id == alliance_id, task_files.c.task_id == id_, task_files.c.part.startswith(MADE))
        .order_by(task_files.c.part)
    )
    return [(part, int(size)) for part, size in connection.execute(query)]


def forget_before(connection: Connection, alliance_id: int, at: int) -> int:
    """Forget tasks that ended before an instant; how many."""
    over = tasks.c.alliance_id == alliance_id, tasks.c.finished_at < at
    ids = select(tasks.c.id).where(*over)
    connection.execute(delete(task_files).where(task_files.c.alliance_id == alliance_id, task_files.c.task_id.in_(ids)))
    return connection.execute(delete(tasks).where(*over)).rowcount


def _tasks(connection: Connection, alliance_id: int, *wanted: Any, limit: int = 1) -> list[Task]:
    made = (
        task_files.c.alliance_id == tasks.c.alliance_id,
        task_files.c.task_id == tasks.c.id,
        task_files.c.part.startswith(MADE),
    )
    name = select(func.min(task_files.c.name)).where(*made).scalar_subquery()
    query = (
        select(tasks, name.label("file"))
        .where(tasks.c.alliance_id == alliance_id, *wanted)
        .order_by(tasks.c.requested_at.desc(), tasks.c.id.desc())
        .limit(limit)
    )
    return [_task(row) for row in connection.execute(query)]


def _task(row: Row[Any]) -> Task:
    return Task(
        row.id,
        row.kind,
        row.requested_by,
        Role(row.requested_role),
        row.requested_at,
        TaskState(row.state),
        row.done,
        row.total,
        json.loads(row.outcome),
        row.changed_at,
        row.finished_at,
        row.file if row.state == TaskState.DONE else None,
    )


def _change(connection: Connection, alliance_id: int, before: Task, **values: object) -> bool:
    """Change a task that is still as it was."""
    same = (
        tasks.c.alliance_id == alliance_id,
        tasks.c.id == before.id,
        tasks.c.state == before.state.value,
        tasks.c.done == before.done,
    )
    return connection.execute(update(tasks).where(*same).values(**values)).rowcount == 1


def _drop_files(connection: Connection, alliance_id: int, id_: str, *parts: str) -> None:
    """Drop the files whose part begins like one of these."""
    named = or_(*(task_files.c.part.startswith(part) for part in parts))
    here = task_files.c.alliance_id == alliance_id, task_files.c.task_id == id_, named
    connection.execute(delete(task_files).where(*here))


def _written(outcome: Outcome) -> str:
    return json.dumps(outcome, ensure_ascii=False, sort_keys=True)
