"""Approvals: what one person asks for and another one decides; and how much one person may do alone."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, STAFF, Caller, Role
from coalition.alliance import Alliances
from coalition.api.access import allow, not_found
from coalition.api.etag import IfMatch, etag, must_match, version_of
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import ApiError, responses
from coalition.api.times import Moment
from coalition.approvals.approval import Approval as ApprovalRecord
from coalition.approvals.approval import ApprovalStatus, Payload, Value
from coalition.approvals.approvals import SET_LIMIT, Approvals
from coalition.approvals.store import list_approvals
from coalition.locale.formats import moment

router = APIRouter(prefix="/v1", tags=["approvals"])
POSITION = 260

ALONE_MAX = 10**15
Readers = Annotated[Caller, Depends(allow(ALLIANCE))]
Deciders = Annotated[Caller, Depends(allow(STAFF))]
Owners = Annotated[Caller, Depends(allow({Role.OWNER}))]
Key = Annotated[str, Depends(idempotency_key)]
ActionName = Annotated[str, Path(description="The action.", max_length=100)]
ApprovalId = Annotated[str, Path(description="The approval's id.", max_length=100)]


class Approval(BaseModel):
    """A request, and what became of it."""

    id: str = Field(description="Its id.", examples=["apr_4q8m2k0d7h5c9w1x3z6v8b2n4j"])
    action: str = Field(description="What is asked for.", examples=["adjust_points"])
    payload: Mapping[str, Value] = Field(description="The request as data, by action.")
    status: ApprovalStatus = Field(
        description="pending; approved (about to be done: approve again to go on after a failure); then done, or "
        "refused with the reason in `result`; rejected; expired."
    )
    requested_by: str = Field(description="Who asked.")
    requested_at: Moment = Field(description="When.")
    expires_at: Moment = Field(description="Until when it can be decided.")
    decided_by: str | None = Field(description="Who decided.")
    decided_at: Moment | None = Field(description="When.")
    reason: str | None = Field(description="Why it was rejected.")
    result: Mapping[str, Value] | None = Field(description="What came of it, by action.")


class ApprovalReject(BaseModel):
    """Why a request is rejected."""

    model_config = ConfigDict(extra="forbid")

    reason: str = Field(
        min_length=1, max_length=500, pattern=r"^[^\x00-\x1f\x7f]+$", description="Why, for the one who asked."
    )


class ApprovalLimit(BaseModel):
    """How much one person may do alone."""

    action: str = Field(description="The action.", examples=["adjust_points"])
    alone_max: int = Field(description="What one person may do alone, in the action's unit; more takes two.")
    unit: str = Field(description="The unit.", examples=["points"])
    approval: str | None = Field(
        description="The request to raise it that this call has made; until it is approved the limit stays."
    )


class ApprovalLimitUpdate(BaseModel):
    """How much one person may do alone."""

    model_config = ConfigDict(extra="forbid")

    alone_max: StrictInt = Field(
        ge=0, le=ALONE_MAX, description="In the action's unit; 0: everything takes two people."
    )


@router.get(
    "/approvals",
    operation_id="listApprovals",
    summary="List what was asked for",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def list_all(
    request: Request,
    caller: Readers,
    status: Annotated[ApprovalStatus | None, Query(description="Only those that are this far.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Approval]:
    """The newest first."""
    position = position_of(cursor, int, str)
    before = None if position is None else (int(position[0]), str(position[1]))
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        approvals = list_approvals(connection, caller.alliance_id, status, before, limit + 1, alliances.clock())
    return page(approvals, limit, lambda approval: [approval.requested_at, approval.id], render_approval)


@router.get(
    "/approvals/{id}",
    operation_id="getApproval",
    summary="Get a request",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such request."),
        (429, "Too many requests."),
    ),
)
def get_one(request: Request, id: ApprovalId, caller: Readers) -> Approval:  # noqa: A002 - the path's own word
    """One request."""
    return render_approval(_seen(request, caller, id))


@router.post(
    "/approvals/{id}/approve",
    operation_id="approveRequest",
    summary="Approve a request, which is then done",
    responses=responses(
        (401, "No valid session."),
        (403, "Not for this role, or you asked for it yourself."),
        (404, "No such request."),
        (409, "It was decided already, or is over."),
        (429, "Too many requests."),
        (503, "Not available now; approve it again to go on."),
    ),
)
def approve(request: Request, id: ApprovalId, caller: Deciders) -> Approval:  # noqa: A002 - the path's own word
    """For people only, and for another one than asked. It is done once, however often this is sent."""
    approvals: Approvals = request.app.state.approvals
    approval = _to_decide(request, caller, id)
    return render_approval(approvals.approve(caller, approval))


@router.post(
    "/approvals/{id}/reject",
    operation_id="rejectRequest",
    summary="Reject a request",
    responses=responses(
        (401, "No valid session."),
        (403, "Not for this role, or you asked for it yourself."),
        (404, "No such request."),
        (409, "It was decided already, or is over."),
        (422, "A field can't be used."),
        (429, "Too many requests."),
    ),
)
def reject(
    request: Request,
    id: ApprovalId,  # noqa: A002 - the path's own word
    body: ApprovalReject,
    caller: Deciders,
) -> Approval:
    """Nothing is done then."""
    approvals: Approvals = request.app.state.approvals
    approval = _to_decide(request, caller, id)
    return render_approval(approvals.reject(caller, approval, body.reason))


@router.get(
    "/approval-limits",
    operation_id="listApprovalLimits",
    summary="How much one person may do alone",
    responses=responses((401, "No valid key or session."), (403, "Not for this role."), (429, "Too many requests.")),
)
def list_limits(request: Request, caller: Readers) -> list[ApprovalLimit]:
    """For each action that takes two people above a limit."""
    approvals: Approvals = request.app.state.approvals
    return [_render_limit(approvals, action, most) for action, most in approvals.limits(caller.alliance_id).items()]


@router.get(
    "/approval-limits/{action}",
    operation_id="getApprovalLimit",
    summary="How much of something one person may do alone",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such action."),
        (429, "Too many requests."),
    ),
)
def get_limit(request: Request, response: Response, action: ActionName, caller: Readers) -> ApprovalLimit:
    """The limit, with the ETag that a change needs."""
    return _limit(request, response, action, _limit_of(request, caller, action))


@router.put(
    "/approval-limits/{action}",
    operation_id="setApprovalLimit",
    summary="Set how much one person may do alone",
    responses=responses(
        (400, "No Idempotency-Key."),
        (401, "No valid session."),
        (403, "Not for this role."),
        (404, "No such action."),
        (412, "It was changed since you read it."),
        (422, "A field can't be used, or the key was used for something else."),
        (428, "If-Match is missing."),
        (429, "Too many requests."),
    ),
)
def set_limit(
    request: Request,
    response: Response,
    action: ActionName,
    body: ApprovalLimitUpdate,
    caller: Owners,
    key: Key,
    if_match: IfMatch = None,
) -> ApprovalLimit:
    """Less is set at once. More waits for another person's approval, and is answered with 202."""
    approvals: Approvals = request.app.state.approvals
    current = _limit_of(request, caller, action)
    if body.alone_max == current:
        return _limit(request, response, action, current)
    must_match(if_match, version_of(action, current))
    if body.alone_max < current:
        if not approvals.lower_limit(caller, action, current, body.alone_max):
            # Somebody else was faster, between our look and our write.
            raise ApiError("changed_meanwhile", "It was changed meanwhile. Read it again, then change that.")
        return _limit(request, response, action, body.alone_max)
    asked: Payload = {"action": action, "alone_max": body.alone_max}
    approval = approvals.request(caller, SET_LIMIT, asked, posting_key(caller, key))
    response.status_code = 202
    return _limit(request, response, action, current, approval.id)


def render_approval(approval: ApprovalRecord) -> Approval:
    """A request as the API shows one."""
    return Approval(
        id=approval.id,
        action=approval.action,
        payload=approval.payload,
        status=approval.status,
        requested_by=approval.requested_by,
        requested_at=moment(approval.requested_at),
        expires_at=moment(approval.expires_at),
        decided_by=approval.decided_by,
        decided_at=None if approval.decided_at is None else moment(approval.decided_at),
        reason=approval.reason,
        result=approval.result,
    )


def _seen(request: Request, caller: Caller, approval_id: str) -> ApprovalRecord:
    approvals: Approvals = request.app.state.approvals
    approval = approvals.find(caller.alliance_id, approval_id) if approval_id.isprintable() else None
    if approval is None:
        not_found("approval", approval_id)
    return approval


def _to_decide(request: Request, caller: Caller, approval_id: str) -> ApprovalRecord:
    approvals: Approvals = request.app.state.approvals
    approval = _seen(request, caller, approval_id)
    action = approvals.action(approval.action)
    if action is None or caller.role not in action.deciders:
        raise ApiError("forbidden", f"A {caller.role} can't decide on {approval.action}.")
    return approval


def _limit_of(request: Request, caller: Caller, action: str) -> int:
    approvals: Approvals = request.app.state.approvals
    limits = approvals.limits(caller.alliance_id)
    if action not in limits:
        not_found("action", action)
    return limits[action]


def _limit(
    request: Request, response: Response, action: str, alone_max: int, approval: str | None = None
) -> ApprovalLimit:
    response.headers["ETag"] = etag(version_of(action, alone_max))
    return _render_limit(request.app.state.approvals, action, alone_max, approval)


def _render_limit(approvals: Approvals, action: str, alone_max: int, approval: str | None = None) -> ApprovalLimit:
    known = approvals.action(action)
    return ApprovalLimit(
        action=action, alone_max=alone_max, unit="" if known is None else known.unit, approval=approval
    )
