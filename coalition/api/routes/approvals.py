"""Approvals: requests that a second person decides, and how much one person may do alone."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, STAFF, Caller, Role
from coalition.alliance import Alliances
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import PlainText, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.approvals.approval import Approval as ApprovalRecord
from coalition.approvals.approval import ApprovalStatus, Payload, Value
from coalition.approvals.approvals import Approvals
from coalition.approvals.store import list_approvals
from coalition.locale.error_text import reason_text
from coalition.locale.formats import moment
from coalition.versions import version_of
from coalition.web.request import language_of
from settlement import Phrase

router = Router(prefix="/v1", tags=["approvals"])
POSITION = 260

ALONE_MAX = 10**15
Readers = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER}))]
LimitReaders = Annotated[Caller, Depends(allow(ALLIANCE))]
Deciders = Annotated[Caller, Depends(allow(STAFF | {Role.MANAGER}))]
Owners = Annotated[Caller, Depends(allow({Role.OWNER}))]
Key = Annotated[str, Depends(idempotency_key)]
ActionName = Annotated[Text, Path(description="The action.")]
ApprovalId = Annotated[Text, Path(description="The approval's id.")]


class Approval(BaseModel):
    """A request that needs a second person."""

    id: str = Field(description="The approval's id.", examples=["apr_4q8m2k0d7h5c9w1x3z6v8b2n4j"])
    action: str = Field(description="The action that is requested.", examples=["adjust_points"])
    payload: Mapping[str, Value] = Field(description="The request's data, which depend on the action.")
    status: ApprovalStatus = Field(
        description="`pending`, `rejected`, `withdrawn` or `expired`; `approved` while it is carried out (approve it "
        "again after a failure), then `done`, or `refused` with the reason in `result`."
    )
    requested_by: str = Field(description="Who made the request.")
    requested_at: Moment = Field(description="When it was made.")
    expires_at: Moment = Field(description="Until when it can be decided.")
    decided_by: str | None = Field(description="Who decided it.")
    decided_at: Moment | None = Field(description="When it was decided.")
    reason: str | None = Field(description="Why it was rejected.")
    result: Mapping[str, Value] | None = Field(description="The result, which depends on the action.")


class ApprovalReject(BaseModel):
    """The rejection of a request."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[str, Field(min_length=1, max_length=500), PlainText()] = Field(
        description="The reason, for the person who made the request."
    )


class ApprovalLimit(BaseModel):
    """How much one person may do alone."""

    action: str = Field(description="The action, or the sum of all of them.", examples=["adjust_points"])
    alone_max: int = Field(description="The most that one person may do alone, in `unit`; more takes two people.")
    unit: str = Field(description="The unit of `alone_max`.", examples=["points"])
    approval: str | None = Field(
        description="The id of the approval that raising the limit needs; until it is given the limit stays."
    )


class ApprovalLimitUpdate(BaseModel):
    """How much one person may do alone."""

    model_config = ConfigDict(extra="forbid")

    alone_max: StrictInt = Field(
        ge=0,
        le=ALONE_MAX,
        description="The most that one person may do alone, in the action's unit; 0 means that it always takes two "
        "people.",
    )


@router.get(
    "/approvals",
    operation_id="listApprovals",
    summary="List the requests",
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
    status: Annotated[ApprovalStatus | None, Query(description="Only requests in this status.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Approval]:
    """Newest first. A manager sees what people of the own shop asked for."""
    position = position_of(cursor, int, str)
    before = None if position is None else (int(position[0]), str(position[1]))
    alliances: Alliances = request.app.state.alliances
    with alliances.database.engine.connect() as connection:
        approvals = list_approvals(
            connection, caller.alliance_id, status, before, limit + 1, alliances.clock(), caller.shop
        )
    return page(
        approvals,
        limit,
        lambda approval: [approval.requested_at, approval.id],
        lambda approval: _render(request, caller, approval),
    )


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
    """A request by its id."""
    return _render(request, caller, _seen(request, caller, id))


@router.post(
    "/approvals/{id}/approve",
    operation_id="approveRequest",
    summary="Approve a request and carry it out",
    responses=responses(
        (401, "No valid session."),
        (403, "Not for this role, the request is your own, or you are not independent of who asked."),
        (404, "No such request."),
        (409, "The request was decided or has expired, or its asker was disabled."),
        (429, "Too many requests."),
        (503, "Not available now; approve it again to continue."),
    ),
)
def approve(request: Request, id: ApprovalId, caller: Deciders) -> Approval:  # noqa: A002 - the path's own word
    """Only a person can approve, and neither the one who asked nor, for seven days, anybody whom that one invited,
    changed or reset, or who did so to that one; whoever was invited or changed by others waits for a day.

    It is carried out once, even if you repeat this; what was answered with `approval_awaited` is carried out when its
    asker sends it again (`send_again_until` in `result`).
    """
    approvals: Approvals = request.app.state.approvals
    approval = _to_decide(request, caller, id)
    return _render(request, caller, approvals.approve(caller, approval))


@router.post(
    "/approvals/{id}/reject",
    operation_id="rejectRequest",
    summary="Reject a request",
    responses=responses(
        (401, "No valid session."),
        (403, "Not for this role, or the request is your own."),
        (404, "No such request."),
        (409, "The request was decided or has expired."),
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
    """Nothing is carried out."""
    approvals: Approvals = request.app.state.approvals
    approval = _to_decide(request, caller, id)
    return _render(request, caller, approvals.reject(caller, approval, body.reason))


@router.post(
    "/approvals/{id}/withdraw",
    operation_id="withdrawRequest",
    summary="Withdraw your own request",
    responses=responses(
        (401, "No valid session."),
        (403, "Not for this role, or another person asked for it."),
        (404, "No such request."),
        (409, "The request was decided or has expired."),
        (429, "Too many requests."),
    ),
)
def withdraw(request: Request, id: ApprovalId, caller: Deciders) -> Approval:  # noqa: A002 - the path's own word
    """Nothing is carried out, and the same may be asked for again."""
    approvals: Approvals = request.app.state.approvals
    return _render(request, caller, approvals.withdraw(caller, _seen(request, caller, id)))


@router.get(
    "/approval-limits",
    operation_id="listApprovalLimits",
    summary="List how much one person may do alone",
    responses=responses((401, "No valid key or session."), (403, "Not for this role."), (429, "Too many requests.")),
)
def list_limits(request: Request, caller: LimitReaders) -> list[ApprovalLimit]:
    """By action: above its limit an action takes two people. `value_in_24_hours` and `value_in_30_days` limit what one
    person or key may create or move alone by all actions together, `sales_…` what a person sells, `key_sales_…` what
    the tills of a shop sell by key, and `bank_files_…` what one imports from the bank.
    """
    approvals: Approvals = request.app.state.approvals
    return [_render_limit(approvals, action, most) for action, most in approvals.limits(caller.alliance_id).items()]


@router.get(
    "/approval-limits/{action}",
    operation_id="getApprovalLimit",
    summary="Get how much of an action one person may do alone",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such action."),
        (429, "Too many requests."),
    ),
)
def get_limit(request: Request, response: Response, action: ActionName, caller: LimitReaders) -> ApprovalLimit:
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
        (412, "The limit was changed since you read it."),
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
    """A lower limit applies at once. A higher one waits for another person's approval (202)."""
    approvals: Approvals = request.app.state.approvals
    current = _limit_of(request, caller, action)
    if body.alone_max == current:
        return _limit(request, response, action, current)
    must_match(if_match, version_of(action, current))
    approval = approvals.change_limit(caller, action, current, body.alone_max, posting_key(caller, key))
    if approval is None:
        return _limit(request, response, action, body.alone_max)
    response.status_code = 202
    return _limit(request, response, action, current, approval.id)


def _render(request: Request, caller: Caller, approval: ApprovalRecord) -> Approval:
    """A request as the API describes one, with its result in the reader's language."""
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
        result=_spoken(request, caller, approval.result),
    )


def _spoken(request: Request, caller: Caller, result: Payload | None) -> Payload | None:
    """A result whose sentences are in the reader's language."""
    if result is None:
        return None
    lang, settings = language_of(request), alliance_now(request, caller).book.settings
    return {
        name: reason_text(value, lang, settings) if isinstance(value, Phrase) else value
        for name, value in result.items()
    }


def _seen(request: Request, caller: Caller, approval_id: str) -> ApprovalRecord:
    approvals: Approvals = request.app.state.approvals
    approval = approvals.find_visible(caller, approval_id)
    if approval is None:
        not_found(Phrase("approval"), approval_id)
    return approval


def _to_decide(request: Request, caller: Caller, approval_id: str) -> ApprovalRecord:
    approvals: Approvals = request.app.state.approvals
    approval = approvals.find_to_decide(caller, approval_id)
    if approval is None:
        not_found(Phrase("approval"), approval_id)
    return approval


def _limit_of(request: Request, caller: Caller, action: str) -> int:
    approvals: Approvals = request.app.state.approvals
    limits = approvals.limits(caller.alliance_id)
    if action not in limits:
        not_found(Phrase("action"), action)
    return limits[action]


def _limit(
    request: Request, response: Response, action: str, alone_max: int, approval: str | None = None
) -> ApprovalLimit:
    response.headers["ETag"] = etag(version_of(action, alone_max))
    return _render_limit(request.app.state.approvals, action, alone_max, approval)


def _render_limit(approvals: Approvals, action: str, alone_max: int, approval: str | None = None) -> ApprovalLimit:
    return ApprovalLimit(action=action, alone_max=alone_max, unit=approvals.unit_of(action), approval=approval)
