"""Long work: how far it is, what came of it, and the file that it made."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import moment
from coalition.tasks.list_tasks import file_of_task, find_own_task, list_tasks
from coalition.tasks.task import OPEN_STATES, TaskState
from coalition.tasks.task import Task as TaskRow

router = Router(prefix="/v1/tasks", tags=["tasks"])
POSITION = 365

Reader = Annotated[Caller, Depends(allow(ALLIANCE))]
TaskId = Annotated[Text, Path(description="The task's id.")]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "No such task, or none that you may see."),
    (422, "A field can't be used."),
)
STATES = {"open": OPEN_STATES, "done": (TaskState.DONE,), "failed": (TaskState.FAILED,)}


class Task(BaseModel):
    """Long work that somebody asked for. It goes on also where the server starts anew."""

    id: str = Field(description="The task's id.")
    kind: str = Field(description="What it does: `members.import`, `payments.run` …")
    state: TaskState = Field(description="Where it stands; a task that is `done` or `failed` has ended.")
    done: int = Field(description="How many of its parts are done.")
    total: int = Field(description="Of how many; 0 where nobody knows yet.")
    requested_at: Moment = Field(description="When it was asked for.")
    requested_by: str = Field(description="Who asked for it.")
    finished_at: Moment | None = Field(description="When it ended; it is forgotten seven days later.")
    file: str | None = Field(description="The name of the file that it made; null where there is none.")


@router.get("", operation_id="listTasks", summary="List the long work", responses=PROBLEMS)
def get_tasks(
    request: Request,
    caller: Reader,
    *,
    kind: Annotated[Text | None, Query(description="Only tasks of this kind.")] = None,
    state: Annotated[
        Literal["open", "done", "failed"] | None, Query(description="Only tasks that have not ended, or have.")
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Task]:
    """Newest first: of the kinds that you may ask for."""
    position = position_of(cursor, int, str)
    before = None if position is None else (int(position[0]), str(position[1]))
    states = () if state is None else STATES[state]
    rows = list_tasks(alliance_now(request, caller), caller, limit + 1, kind=kind, states=states, before=before)
    return page(rows, limit, lambda row: [row.requested_at, row.id], _render)


@router.get("/{task}", operation_id="getTask", summary="Get how far long work is", responses=PROBLEMS)
def get_task(request: Request, task: TaskId, caller: Reader) -> Task:
    """Ask again every second or so until it has ended."""
    return _render(find_own_task(alliance_now(request, caller), caller, task))


@router.get(
    "/{task}/file",
    operation_id="getTaskFile",
    summary="Get the file that long work made",
    response_class=Response,
    responses={
        **PROBLEMS,
        200: {
            "description": "The file.",
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        },
    },
)
def get_task_file(request: Request, task: TaskId, caller: Reader) -> Response:
    """There is one once the task is done, where it makes one."""
    made = file_of_task(alliance_now(request, caller), caller, task)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Content-Length": str(made.size)}
    return StreamingResponse(made.parts, headers=headers, media_type="application/octet-stream")


def _render(row: TaskRow) -> Task:
    return Task(
        id=row.id,
        kind=row.kind,
        state=row.state,
        done=row.done,
        total=row.total,
        requested_at=moment(row.requested_at),
        requested_by=row.requested_by,
        finished_at=None if row.finished_at is None else moment(row.finished_at),
        file=row.file,
    )
