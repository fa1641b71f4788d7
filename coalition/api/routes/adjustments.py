"""Adjustments: points that the alliance's people add as goodwill, or take back."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator

from coalition.access.caller import ALLIANCE, HELPERS, WALLET, Caller
from coalition.adjustments.adjust_points import (
    ADJUSTMENT_PREFIX,
    find_adjustment,
    find_issuing_posting,
    request_adjustment,
)
from coalition.adjustments.adjust_points import Adjustment as AdjustmentRecord
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.field_texts import field_error
from coalition.api.fields import POINTS_MAX, Text
from coalition.api.idempotency import idempotency_key, posting_key
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.approvals.approval import Approval
from coalition.approvals.approvals import Approvals
from coalition.purchases.purchase import PURCHASE_PREFIX
from settlement import Phrase

router = Router(prefix="/v1/adjustments", tags=["adjustments"])
POSITION = 250

Readers = Annotated[Caller, Depends(allow(ALLIANCE | WALLET))]
Helpers = Annotated[Caller, Depends(allow(HELPERS))]
Key = Annotated[str, Depends(idempotency_key)]


class AdjustmentCreate(BaseModel):
    """An adjustment of a member's points."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop that issues the points, or issued those to take back.")
    member: Text = Field(description="The member's id.", examples=["mem_ann"])
    points: StrictInt = Field(
        ge=-POINTS_MAX,
        le=POINTS_MAX,
        description="Above zero: points that the shop issues. Below zero: points to take back of those that `of` "
        "issued.",
        examples=[500],
    )
    of: Text | None = Field(
        default=None,
        description="The purchase or adjustment that issued too much; required if points are taken back, and only "
        "then.",
    )
    reason: Text = Field(
        description="The reason, for the member and the audit.", examples=["Receipt not scanned on 3 May"]
    )

    @model_validator(mode="after")
    def _one_way(self) -> "AdjustmentCreate":
        if self.points == 0:
            raise field_error("zero_points")
        if (self.points < 0) != (self.of is not None):
            raise field_error("given_or_taken")
        return self


class Adjustment(BaseModel):
    """An adjustment: booked, or waiting for another person's approval."""

    status: Literal["booked", "awaiting_approval"] = Field(
        description="Whether it is booked or waits for another person's approval."
    )
    id: str | None = Field(description="The adjustment's id, once it is booked.", examples=["adj_3f6kq0w9z7xdm"])
    approval: str | None = Field(
        description="The id of the approval that another person has to give, where two people are needed."
    )
    shop: str = Field(description="The shop.")
    member: str = Field(description="The member.")
    points: int = Field(description="Points issued, or taken back (below zero).")
    reason: str = Field(description="The reason; empty once the member was erased.")


@router.post(
    "",
    operation_id="createAdjustment",
    summary="Adjust a member's points",
    status_code=201,
    responses=responses(
        (400, "No Idempotency-Key."),
        (401, "No valid key or session."),
        (403, "Not for this role; or it takes two people, and a key can't be one of them."),
        (404, "No such shop, or `of` is nothing that this shop issued to this member."),
        (409, "The book refuses it; `code` says why."),
        (422, "A field can't be used, or the key was used for something else."),
        (429, "Too many requests."),
        (503, "Not available now; send it again under the same key."),
    ),
)
def create_adjustment(
    request: Request, response: Response, body: AdjustmentCreate, caller: Helpers, key: Key
) -> Adjustment:
    """Books the adjustment at once, up to the points that one person may adjust alone, and to what one may create or
    move alone in all (`listApprovalLimits`); above either it waits for another person's approval (202).
    """
    approvals: Approvals = request.app.state.approvals
    alliance = alliance_now(request, caller)
    asked = AdjustmentRecord(body.shop, body.member, body.points, body.reason, caller.id, _original(alliance, body))
    done = request_adjustment(alliance, approvals, caller, asked, posting_key(caller, key))
    if isinstance(done, Approval):
        response.status_code = 202
        return _render(body, None, done.id)
    if done.replayed:
        response.headers["Idempotent-Replayed"] = "true"
    return _render(body, alliance.programme.ids.public(ADJUSTMENT_PREFIX, done.posting_id), None)


@router.get(
    "/{id}",
    operation_id="getAdjustment",
    summary="Get an adjustment",
    responses=responses(
        (401, "No valid key or session."),
        (403, "Not for this role."),
        (404, "No such adjustment, or none of yours."),
        (429, "Too many requests."),
    ),
)
def get_adjustment(
    request: Request,
    id: Annotated[Text, Path(description="The adjustment's id.")],  # noqa: A002 - the path's own word
    caller: Readers,
) -> Adjustment:
    """A booked one, with its reason: the book and its events have none, so that it can be erased with the member."""
    adjustment = find_adjustment(alliance_now(request, caller), id)
    if adjustment is None or not caller.may_act_for_member(adjustment.member):
        not_found(Phrase("adjustment"), id)
    return Adjustment(
        status="booked",
        id=id,
        approval=None,
        shop=adjustment.shop,
        member=adjustment.member,
        points=adjustment.points,
        reason=adjustment.reason,
    )


def _original(alliance: Alliance, body: AdjustmentCreate) -> int | None:
    if body.of is None:
        return None
    ids = alliance.programme.ids
    posting_id = ids.posting(PURCHASE_PREFIX, body.of) or ids.posting(ADJUSTMENT_PREFIX, body.of)
    if posting_id is None or find_issuing_posting(alliance, posting_id, body.shop, body.member) is None:
        not_found(Phrase("purchase or adjustment"), body.of)
    return posting_id


def _render(body: AdjustmentCreate, id_: str | None, approval: str | None) -> Adjustment:
    return Adjustment(
        status="booked" if approval is None else "awaiting_approval",
        id=id_,
        approval=approval,
        shop=body.shop,
        member=body.member,
        points=body.points,
        reason=body.reason,
    )
