"""The log of who did what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from coalition.access.caller import TREASURERS, Caller
from coalition.access.log import Detail, Filters, LogEntry, list_log_entries
from coalition.alliance import Alliances
from coalition.api.access import allow
from coalition.api.fields import Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.times import Moment
from coalition.locale.formats import instant, moment

router = APIRouter(prefix="/v1/audit-log", tags=["audit log"])
POSITION = 320

Readers = Annotated[Caller, Depends(allow(TREASURERS))]


class AuditLogEntry(BaseModel):
    """A row of the log."""

    seq: int = Field(description="Its number: without gaps, in the order in which things happened.")
    at: Moment = Field(description="When.")
    actor: str = Field(description="Who acted: `key:…`, `user:…`, `member:…`, or `command` on the server itself.")
    role: str = Field(description="As what.")
    action: str = Field(description="What, as noun and verb.", examples=["key.revoke"])
    target: str = Field(description="To which thing.")
    details: dict[str, Detail] = Field(description="What else there is to know, by action; never a secret.")
    request_id: str | None = Field(description="The request, as in the server's log; null where it was a command.")


@router.get(
    "",
    operation_id="listAuditLog",
    summary="Who did what",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def list_entries(
    request: Request,
    caller: Readers,
    actor: Annotated[Text | None, Query(description="Only what this actor did.")] = None,
    action: Annotated[Text | None, Query(description="Only this action.")] = None,
    target: Annotated[Text | None, Query(description="Only what was done to this.")] = None,
    since: Annotated[Moment | None, Query(description="From this moment on.")] = None,
    until: Annotated[Moment | None, Query(description="Before this moment.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[AuditLogEntry]:
    """The newest first. Nobody can change it."""
    position = position_of(cursor, int)
    filters = Filters(
        actor, action, target, None if since is None else instant(since), None if until is None else instant(until)
    )
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        before = None if position is None else int(position[0])
        rows = list_log_entries(connection, caller.alliance_id, filters, before, limit + 1)
    return page(rows, limit, lambda entry: [entry.seq], _render)


def _render(entry: LogEntry) -> AuditLogEntry:
    return AuditLogEntry(
        seq=entry.seq,
        at=moment(entry.at),
        actor=entry.actor,
        role=entry.role.value,
        action=entry.action,
        target=entry.target,
        details=dict(entry.details),
        request_id=entry.request_id,
    )
