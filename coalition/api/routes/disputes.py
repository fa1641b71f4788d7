"""Disputes: a shop objects to its statement, the alliance answers."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Request
from pydantic import BaseModel, ConfigDict, Field, StrictInt

from coalition.access.caller import ALLIANCE, SHOP, TREASURERS, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import POINTS_MAX, PlainText, Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.windows import closed_window_of
from coalition.api.times import Moment
from coalition.approvals.approvals import Approvals
from coalition.disputes.answer_dispute import answer_dispute, withdraw_dispute
from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.open_dispute import open_dispute
from coalition.disputes.store import Correction, find_dispute, list_disputes
from coalition.disputes.store import Dispute as DisputeRecord
from coalition.ids import window_id
from coalition.locale.formats import moment
from settlement import Phrase
from settlement.clearing import LineKind

router = Router(prefix="/v1/disputes", tags=["disputes"])
POSITION = 230

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
Words = Annotated[str, Field(min_length=1, max_length=2_000), PlainText(lines=True)]
DisputeId = Annotated[Text, Path(description="The dispute's id.", examples=["dis_0f3k9q"])]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such dispute, window or shop, or none of yours."),
    (422, "A field can't be used."),
)
DECIDED = responses(
    (403, "Not for this role, or the dispute is your own."),
    (
        409,
        "The dispute was decided differently before, the book refuses the correction, or it takes two people "
        "(approval_awaited): send it again once another person has approved it.",
    ),
)


class DisputeCreate(BaseModel):
    """An objection to a statement."""

    model_config = ConfigDict(extra="forbid")

    shop: Text = Field(description="The shop whose statement it is.", examples=["bakery"])
    window: Text = Field(description="The id of the closed window.", examples=["win_20260601T000000Z"])
    line: LineKind | None = Field(
        default=None, description="The kind of the statement's line in question, if it is about one."
    )
    statement: Words = Field(description="What is wrong, in the shop's words.")


class DisputeCorrection(BaseModel):
    """A correction: points that one shop pays another at the fixed rate."""

    model_config = ConfigDict(extra="forbid")

    payer: Text = Field(description="The shop that pays.")
    payee: Text = Field(description="The shop that is paid.")
    points: StrictInt = Field(description="How many points.", ge=1, le=POINTS_MAX)


class DisputeAnswer(BaseModel):
    """The alliance's decision on a dispute."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["accepted", "rejected"] = Field(description="Whether the alliance accepts the objection.")
    answer: Words = Field(description="The reason for the decision.")
    correction: DisputeCorrection | None = Field(
        default=None, description="The correction to book, in the window that is open. Only with `accepted`."
    )


class Dispute(BaseModel):
    """A dispute."""

    id: str = Field(description="The dispute's id.", examples=["dis_0f3k9q"])
    shop: str = Field(description="The shop.")
    window: str = Field(description="The window's id.")
    line: LineKind | None = Field(description="The kind of line, if it is about one.")
    statement: str = Field(description="What is wrong, in the shop's words.")
    status: DisputeStatus = Field(description="Whether the dispute is open, and how it was decided.")
    opened_at: Moment = Field(description="When the shop opened the dispute.")
    answer: str | None = Field(description="The alliance's reason for its decision.")
    decided_at: Moment | None = Field(description="When the alliance decided, or the shop withdrew.")
    correction: DisputeCorrection | None = Field(description="The correction that was booked.")


@router.post("", operation_id="createDispute", summary="Dispute a statement", status_code=201, responses=PROBLEMS)
def create_dispute(request: Request, body: DisputeCreate, caller: Reader) -> Dispute:
    """Opens a dispute. The closed window never changes; a correction settles in the open window."""
    own_shop(caller, body.shop)
    alliance = alliance_now(request, caller)
    window = closed_window_of(alliance, body.window)
    return _render(open_dispute(alliance, caller, body.shop, window, body.line, body.statement))


@router.get("", operation_id="listDisputes", summary="List the disputes", responses=PROBLEMS)
def get_disputes(request: Request, caller: Reader, limit: Limit = 20, cursor: Cursor = None) -> Page[Dispute]:
    """Newest first. A shop's caller sees the shop's own disputes."""
    alliance = alliance_now(request, caller)
    position = position_of(cursor, int, str)
    before = None if position is None else (int(position[0]), str(position[1]))
    with alliance.database.engine.connect() as connection:
        rows = list_disputes(connection, alliance.id, caller.shop if caller.role in SHOP else None, before, limit + 1)
    return page(rows, limit, lambda dispute: [dispute.opened_at, dispute.id], _render)


@router.get("/{dispute}", operation_id="getDispute", summary="Get a dispute", responses=PROBLEMS)
def get_dispute(request: Request, dispute: DisputeId, caller: Reader) -> Dispute:
    """A dispute by its id."""
    return _render(_found(alliance_now(request, caller), caller, dispute))


@router.post(
    "/{dispute}/answer", operation_id="answerDispute", summary="Answer a dispute", responses={**PROBLEMS, **DECIDED}
)
def post_answer(request: Request, dispute: DisputeId, body: DisputeAnswer, caller: Treasurer) -> Dispute:
    """Decides the dispute, once, and books the correction. The same answer again changes nothing. Who opened it can't
    answer it, and a correction of more than one person may book takes two people.
    """
    alliance = alliance_now(request, caller)
    opened = _found(alliance, caller, dispute)
    correction = None
    if body.correction is not None:
        correction = Correction(body.correction.payer, body.correction.payee, body.correction.points)
    status = DisputeStatus(body.status)
    approvals: Approvals = request.app.state.approvals
    return _render(answer_dispute(alliance, approvals, caller, opened, status, body.answer, correction))


@router.post(
    "/{dispute}/withdraw",
    operation_id="withdrawDispute",
    summary="Withdraw a dispute",
    responses={**PROBLEMS, **DECIDED},
)
def withdraw(request: Request, dispute: DisputeId, caller: Reader) -> Dispute:
    """Only for the shop that opened the dispute."""
    alliance = alliance_now(request, caller)
    return _render(withdraw_dispute(alliance, caller, _found(alliance, caller, dispute)))


def _found(alliance: Alliance, caller: Caller, id_: str) -> DisputeRecord:
    with alliance.database.engine.connect() as connection:
        dispute = find_dispute(connection, alliance.id, id_)
    if dispute is None or not caller.may_act_for_shop(dispute.shop):
        not_found(Phrase("dispute"), id_)
    return dispute


def _render(dispute: DisputeRecord) -> Dispute:
    correction = dispute.correction
    return Dispute(
        id=dispute.id,
        shop=dispute.shop,
        window=window_id(dispute.window_id),
        line=None if dispute.line is None else LineKind(dispute.line),
        statement=dispute.statement,
        status=dispute.status,
        opened_at=moment(dispute.opened_at),
        answer=dispute.answer,
        decided_at=None if dispute.decided_at is None else moment(dispute.decided_at),
        correction=None
        if correction is None
        else DisputeCorrection(payer=correction.payer, payee=correction.payee, points=correction.points),
    )
