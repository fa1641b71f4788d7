"""Long work: what was asked for, how far each is, and what came of it. It goes on whether or not somebody looks."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.locale.messages import N_
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.people import names_of_people
from coalition.pages.console.sections import TASKS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.tasks.jobs import KEPT_DAYS
from coalition.tasks.list_tasks import kinds_for, list_tasks
from coalition.tasks.task import OPEN_STATES, Task, TaskState, task_kinds

router = PageRouter("/console/tasks")
Staff = Annotated[StaffVisit, Depends(admit(TASKS.roles))]
A_PAGE = 50
STATES = {
    TaskState.WAITING: N_("Waits for its turn"),
    TaskState.RUNNING: N_("Under way"),
    TaskState.DONE: N_("Done"),
    TaskState.FAILED: N_("Failed"),
}
GROUPS = {"open": OPEN_STATES, "done": (TaskState.DONE,), "failed": (TaskState.FAILED,), "all": ()}
Group = Literal["all", "open", "done", "failed"]


@dataclass(frozen=True, slots=True)
class ListedTask:
    """A task in words."""

    task: Task
    title: str
    state: str
    by: str


@dataclass(frozen=True, slots=True)
class TasksPage(ConsolePage):
    """Tasks, the newest first; `place` is where the next page begins, empty on the last. `kinds` can be chosen from."""

    rows: list[ListedTask]
    place: str
    group: Group
    kind: str
    kinds: list[tuple[str, str]]
    kept_days: int = KEPT_DAYS
    section: Section = TASKS


@router.get("")
def tasks(
    staff: Staff,
    group: Annotated[Group, Query()] = "all",
    kind: Annotated[str, Query(max_length=100)] = "",
    place: Place = "",
) -> HTMLResponse:
    """Those that the visitor may see."""
    rows = list_tasks(
        staff.alliance, staff.caller, A_PAGE + 1, kind=kind or None, states=GROUPS[group], before=row_before(place)
    )
    visible, following = split_page(rows, A_PAGE, lambda row: (row.requested_at, row.id))
    names = names_of_people(staff)
    page = TasksPage(
        rows=[in_words(staff, row, names) for row in visible],
        place=following,
        group=group,
        kind=kind,
        kinds=[(each.name, staff.visit.say(each.title)) for each in kinds_for(staff.caller)],
    )
    return show(staff.visit, page)


def in_words(staff: StaffVisit, task: Task, names: dict[str, str]) -> ListedTask:
    """A task with what its parts are called."""
    kind = task_kinds().get(task.kind)
    title = task.kind if kind is None else staff.visit.say(kind.title)
    return ListedTask(task, title, staff.visit.say(STATES[task.state]), names.get(task.requested_by, ""))
