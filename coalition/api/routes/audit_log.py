"""The audit log: who did what."""

from typing import Annotated

from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from coalition.access.caller import TREASURERS, Caller
from coalition.access.log import Detail, Filters, LogEntry, list_log_entries
from coalition.alliance import Alliances
from coalition.api.access import allow
from coalition.api.fields import Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.locale.formats import instant, moment

router = Router(prefix="/v1/audit-log", tags=["audit log"])
POSITION = 320

Readers = Annotated[Caller, Depends(allow(TREASURERS))]


class AuditLogEntry(BaseModel):
    """An entry of the audit log."""

    seq: int = Field(description="The entry's number; numbers have no gaps.")
    at: Moment = Field(description="When it happened.")
    actor: str = Field(description="Who acted: `key:…`, `user:…`, `member:…`, or `command` on the server itself.")
    role: str = Field(description="The actor's role.")
    action: str = Field(description="What was done, as noun and verb.", examples=["key.revoke"])
    target: str = Field(description="What it was done to.")
    details: dict[str, Detail] = Field(description="More, depending on the action; never a secret.")
    request_id: str | None = Field(
        description="The request's id, as in the server's log; null for a command on the server."
    )


@router.get(
    "",
    operation_id="listAuditLog",
    summary="List who did what",
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
    target: Annotated[Text | None, Query(description="Only entries about this target.")] = None,
    since: Annotated[Moment | None, Query(description="Only entries from this moment on.")] = None,
    until: Annotated[Moment | None, Query(description="Only entries before this moment.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[AuditLogEntry]:
    """Newest first. Entries are never changed."""
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
