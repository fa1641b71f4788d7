"""Findings: what looks like fraud, for a shop's manager and the alliance to decide on."""

from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from coalition.access.caller import ALLIANCE, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow, not_found
from coalition.api.alliance import alliance_now
from coalition.api.fields import PlainText, Text
from coalition.api.paging import Cursor, Limit, Page, page, position_of
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Moment
from coalition.findings.decide_finding import decide_finding
from coalition.findings.finding import FindingStatus, SalesFinding
from coalition.findings.held_points import PointsStanding, points_standing
from coalition.findings.hold_points import hold_points
from coalition.findings.store import find_finding, list_findings
from coalition.locale.formats import moment
from settlement import Phrase

router = Router(prefix="/v1/findings", tags=["findings"])
POSITION = 235

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER}))]
FindingId = Annotated[Text, Path(description="The finding's id.", examples=["fin_0f3k9q"])]
Reason = Annotated[str, Field(min_length=1, max_length=2_000), PlainText(lines=True)]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role, or it is about your own card."),
    (404, "No such finding, or none of yours."),
    (422, "A field can't be used."),
)
DECIDED = responses((409, "It was decided before, in another way or for another reason."))
HELD = responses((409, "It was decided, held points before, or is about no points of one member."))


class FindingDecision(BaseModel):
    """What somebody makes of a finding."""

    model_config = ConfigDict(extra="forbid")

    status: Literal["dismissed", "confirmed"] = Field(
        description="`dismissed`: there is nothing to it. `confirmed`: it is what it looks like."
    )
    reason: Reason = Field(description="Why, for whoever reads it later.", examples=["Her whole office pays by turns."])


class Finding(BaseModel):
    """Sales that look like fraud. What it means is for people to say."""

    id: str = Field(description="The finding's id.", examples=["fin_0f3k9q"])
    pattern: str = Field(description="What it looks like, by a stable name.", examples=["card_velocity"])
    shop: str | None = Field(
        description="The shop, where all of it happened at one. A shop's manager sees no other findings."
    )
    member: str | None = Field(
        description="The member, where all of it is one member's; null to a shop that named them by a contact."
    )
    till: str | None = Field(description="The connected till, where all of it was booked there.")
    cashier: str | None = Field(description="The cashier, where all of it is one cashier's.")
    figures: dict[str, int] = Field(
        description="What was seen, in numbers.", examples=[{"purchases": 7, "minutes": 40}]
    )
    evidence: list[str] = Field(description="The ids of the purchases and refunds that show it, the earliest first.")
    first_at: Moment = Field(description="When the first of them happened.")
    last_at: Moment = Field(description="When the last of them happened.")
    opened_at: Moment = Field(description="When it was seen.")
    status: FindingStatus = Field(description="Whether it is open, and how it was decided.")
    decided_at: Moment | None = Field(description="When somebody decided it.")
    decided_by: str | None = Field(description="Who decided it, as in the audit log; null to a shop.")
    reason: str | None = Field(description="Why it was decided so.")
    points: int = Field(description="The points that one member earned by it.")
    points_held: int | None = Field(description="How many of them were held; null where none were.")
    points_standing: PointsStanding = Field(
        description="`not_held`: nobody asked for it. `due`: they are about to be held or freed. `held`: the member "
        "can't spend them. `free`: they can be spent again. `none_left`: they were spent before they could be held."
    )
    held_until: Moment | None = Field(description="When held points are free again at the latest.")


@router.get("", operation_id="listFindings", summary="List the findings", responses=PROBLEMS)
def get_findings(
    request: Request,
    caller: Reader,
    status: Annotated[FindingStatus | None, Query(description="Only those in this state.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[Finding]:
    """Newest first. A shop's manager sees those that are about their shop alone."""
    alliance = alliance_now(request, caller)
    position = position_of(cursor, int, str)
    before = None if position is None else (int(position[0]), str(position[1]))
    with alliance.database.engine.connect() as connection:
        rows = list_findings(connection, alliance.id, caller.shop, before, limit + 1, status)
    standing = points_standing(alliance, rows)
    return page(
        rows, limit, lambda each: [each.opened_at, each.id], lambda each: _render(caller, each, standing[each.id])
    )


@router.get("/{finding}", operation_id="getFinding", summary="Get a finding", responses=PROBLEMS)
def get_finding(request: Request, finding: FindingId, caller: Reader) -> Finding:
    """A finding by its id."""
    alliance = alliance_now(request, caller)
    return _answer(alliance, caller, _existing(alliance, caller, finding))


@router.post(
    "/{finding}/decision",
    operation_id="decideFinding",
    summary="Dismiss or confirm a finding",
    responses={**PROBLEMS, **DECIDED},
)
def post_decision(request: Request, finding: FindingId, body: FindingDecision, caller: Reader) -> Finding:
    """Decides the finding, once; the same decision again changes nothing. Dismissed, it frees the points that it held.
    Confirmed, it keeps them until `held_until`: refund the purchases, or correct the points, by then. No finding takes
    points away, and nobody decides one about their own card.
    """
    alliance = alliance_now(request, caller)
    decided = decide_finding(alliance, caller, _existing(alliance, caller, finding), body.status, body.reason)
    return _answer(alliance, caller, decided)


@router.post(
    "/{finding}/hold",
    operation_id="holdFindingPoints",
    summary="Hold the points of a finding",
    responses={**PROBLEMS, **HELD},
)
def post_hold(request: Request, finding: FindingId, caller: Reader) -> Finding:
    """Locks what the member earned by it, as far as it is not spent, until somebody decides or `held_until` comes. It
    does so once, however often it is asked.
    """
    alliance = alliance_now(request, caller)
    return _answer(alliance, caller, hold_points(alliance, caller, _existing(alliance, caller, finding)))


def _existing(alliance: Alliance, caller: Caller, id_: str) -> SalesFinding:
    with alliance.database.engine.connect() as connection:
        finding = find_finding(connection, alliance.id, id_)
    if finding is None or (caller.shop is not None and finding.shop != caller.shop):
        not_found(Phrase("finding"), id_)
    return finding


def _answer(alliance: Alliance, caller: Caller, finding: SalesFinding) -> Finding:
    return _render(caller, finding, points_standing(alliance, [finding])[finding.id])


def _render(caller: Caller, finding: SalesFinding, standing: PointsStanding) -> Finding:
    hides_member = caller.shop is not None and finding.by_contact
    return Finding(
        id=finding.id,
        pattern=finding.pattern,
        shop=finding.shop,
        member=None if hides_member else finding.member,
        till=finding.till,
        cashier=finding.cashier,
        figures=dict(finding.figures),
        evidence=list(finding.evidence),
        first_at=moment(finding.first_at),
        last_at=moment(finding.last_at),
        opened_at=moment(finding.opened_at),
        status=finding.status,
        decided_at=None if finding.decided_at is None else moment(finding.decided_at),
        decided_by=None if caller.shop is not None else finding.decided_by,
        reason=finding.reason,
        points=finding.points,
        points_held=finding.points_held,
        points_standing=standing,
        held_until=None if finding.hold_until is None else moment(finding.hold_until),
    )
