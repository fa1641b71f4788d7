"""What a task is: a kind, and how far it is. A folder declares its kinds as TASKS in its `task_kinds.py`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Any

from coalition.access.caller import Caller, Role
from coalition.alliance import Alliance
from coalition.discovery import declared

Outcome = Mapping[str, Any]
"""What has come of a task, as JSON can keep it."""


class TaskState(StrEnum):
    """Where a task stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN_STATES = (TaskState.WAITING, TaskState.RUNNING)


@dataclass(frozen=True, slots=True)
class Task:
    """A task as it stands; `total` is 0 where nobody knows how much there is to do."""

    id: str
    kind: str
    requested_by: str
    requested_role: Role
    requested_at: int
    state: TaskState
    done: int
    total: int
    outcome: Outcome
    changed_at: int
    finished_at: int | None
    file: str | None = None
    """What the file is called that it has made, once it is done."""

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.state in OPEN_STATES

    @property
    def percent(self) -> int | None:
        """How far it is; None where nobody knows."""
        if self.state is TaskState.DONE:
            return 100
        return None if not self.total else min(99, 100 * self.done // self.total)


@dataclass(frozen=True, slots=True)
class TaskFile:
    """What a task was given, or made."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TaskRun:
    """One part of a task's work: what it was given and how far it is. `memory` lasts as long as the process goes on."""

    alliance: Alliance
    task: Task
    source: bytes
    memory: dict[str, Any]

    @property
    def caller(self) -> Caller:
        """Who asked for it."""
        return Caller(self.alliance.id, self.task.requested_by, self.task.requested_role)


@dataclass(frozen=True, slots=True)
class TaskStep:
    """How far a task is after one part of its work. `made` is what this part adds to the file that the task makes."""

    done: int
    total: int
    outcome: Outcome = field(default_factory=dict)
    finished: bool = False
    made: TaskFile | None = None


@dataclass(frozen=True, slots=True)
class TaskKind:
    """A kind of task.

    `step` does the part of the work that comes after `run.task.done`, and says how far it is then. It may be broken off
    anywhere and called again for the same part, which must then come to the same. Of `single` kinds there are no two at
    once that are about the same: who asks for a second one gets the first. `roles` may ask for it, and see it.
    """

    name: str
    title: str
    roles: frozenset[Role]
    step: Callable[[TaskRun], TaskStep]
    single: bool = False


@cache
def task_kinds() -> Mapping[str, TaskKind]:
    """All kinds, by name."""
    return {kind.name: kind for module in declared("task_kinds", "TASKS") for kind in module.TASKS}
