"""How an alliance looks for fraud."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from coalition.access.caller import ALLIANCE, OWNERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.etag import IfMatch, etag, must_match
from coalition.api.fields import Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.approvals.approvals import Approvals
from coalition.findings.change_finding_rules import change_finding_rules
from coalition.findings.finding_rules import HOLD_DAYS_MAX, FindingRules, PatternRules, find_finding_rules

router = Router(prefix="/v1/settings/findings", tags=["settings"])
POSITION = 103

THRESHOLD_MAX = 20_000
PATTERNS_MAX = 100


class FindingThreshold(BaseModel):
    """A number from which on something is found."""

    model_config = ConfigDict(extra="forbid")

    name: Text = Field(description="What it counts, by a stable name.", examples=["purchases"])
    value: StrictInt = Field(description="The number.", ge=1, le=THRESHOLD_MAX, examples=[6])


class FindingPattern(BaseModel):
    """One pattern: whether it is looked for, and by which thresholds."""

    model_config = ConfigDict(extra="forbid")

    pattern: Text = Field(description="What it looks like, by a stable name.", examples=["card_velocity"])
    enabled: StrictBool = Field(description="Whether it is looked for.")
    holds_points: StrictBool = Field(
        description="Whether what is found holds the points that one member earned by it, before anybody has looked."
    )
    thresholds: list[FindingThreshold] = Field(description="All of its thresholds.", max_length=PATTERNS_MAX)


class FindingSettings(BaseModel):
    """How an alliance looks for fraud."""

    model_config = ConfigDict(extra="forbid")

    hold_days: StrictInt = Field(
        description="After how many days points that a finding holds are free again by themselves.",
        ge=1,
        le=HOLD_DAYS_MAX,
        examples=[14],
    )
    patterns: list[FindingPattern] = Field(description="All patterns.", max_length=PATTERNS_MAX)


@router.get(
    "",
    operation_id="getFindingSettings",
    summary="Settings for findings",
    responses=responses((401, "No valid key."), (403, "Not for this role.")),
)
def get_finding_settings(
    request: Request, response: Response, caller: Annotated[Caller, Depends(allow(ALLIANCE))]
) -> FindingSettings:
    """With the header ETag, which a change must bring along."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        return _render(response, find_finding_rules(connection, alliance.id))


@router.put(
    "",
    operation_id="setFindingSettings",
    summary="Replace the settings for findings",
    responses=responses(
        (401, "No valid key."),
        (403, "Not for this role."),
        (409, "It takes two people (approval_awaited): send it again once another person has approved it."),
        (412, "Somebody else changed them since you read them."),
        (422, "A field can't be used."),
        (428, "No If-Match."),
    ),
)
def set_finding_settings(
    request: Request,
    response: Response,
    body: FindingSettings,
    caller: Annotated[Caller, Depends(allow(OWNERS))],
    if_match: IfMatch = None,
) -> FindingSettings:
    """They count from the next look at the sales on, within a minute or two. It takes two people, since whoever is
    looked for might be one of them.
    """
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        version = find_finding_rules(connection, alliance.id).version
    must_match(if_match, version)
    by_pattern = {
        each.pattern: PatternRules(
            each.enabled, each.holds_points, {threshold.name: threshold.value for threshold in each.thresholds}
        )
        for each in body.patterns
    }
    approvals: Approvals = request.app.state.approvals
    rules = FindingRules(body.hold_days, by_pattern, version)
    return _render(response, change_finding_rules(alliance, approvals, caller, rules))


def _render(response: Response, rules: FindingRules) -> FindingSettings:
    response.headers["ETag"] = etag(rules.version)
    return FindingSettings(
        hold_days=rules.hold_days,
        patterns=[
            FindingPattern(
                pattern=name,
                enabled=each.is_on,
                holds_points=each.holds_points,
                thresholds=[FindingThreshold(name=limit, value=value) for limit, value in each.limits.items()],
            )
            for name, each in rules.by_pattern.items()
        ],
    )
