"""What a bonus rule would have cost, whom, and who would have gained: tried on past sales before it counts."""

from typing import Annotated, Any

from fastapi import Depends, Path, Request
from pydantic import BaseModel, Field

from coalition.access.caller import OWNERS, TREASURERS, Caller
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.fields import Text
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.routes.bonus_rules import RuleCreate, stated_terms
from coalition.api.times import Day
from coalition.tasks.task import Task as TaskRow
from coalition.tasks.task import TaskState
from coalition.what_if.trial import Trial, ask_trial
from coalition.what_if.trial_result import ShopRow, TenthRow, TrialResult, TrialRow
from coalition.what_if.trial_task import find_trial, start_trial
from settlement import date_text

router = Router(prefix="/v1/rules/what-if", tags=["rules"])
POSITION = 16

Owner = Annotated[Caller, Depends(allow(OWNERS))]
Treasurer = Annotated[Caller, Depends(allow(TREASURERS))]
TrialId = Annotated[Text, Path(description="The trial's id: that of its task.")]
PROBLEMS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))


class RuleTrialCreate(RuleCreate):
    """A rule that is not added, but tried on past sales: a new one, or the next version of one that is there."""

    since: Day | None = Field(
        default=None, description="The first day whose sales count; null: that of the month of `until`."
    )
    until: Day | None = Field(
        default=None, description="The last day; null: today, or the last day of last month where `since` is null too."
    )


class RuleTrialPoints(BaseModel):
    """Points that are given under the rules of now, and those with the rule that is tried.

    Worth is at the rate of now, in minor units, each rounded to the nearest.
    """

    name: str = Field(description="The rule, the funder or the shop; of members the tenth, 1 for who spent most.")
    points_now: int = Field(description="Points under the rules of now.")
    points_then: int = Field(description="Points with the rule.")
    worth_now_minor: int = Field(description="What the first are worth.")
    worth_then_minor: int = Field(description="What the second are worth.")


class RuleTrialShop(RuleTrialPoints):
    """The same of sales at a shop."""

    sales: int = Field(description="Sales, without those that were refunded whole.")
    amount_minor: int = Field(description="What they cost, less what was refunded.")
    sales_gaining: int = Field(description="Sales that the rule gives something for.")


class RuleTrialTenth(RuleTrialPoints):
    """The same of a tenth of the members who bought something, by what they spent."""

    members: int = Field(description="Members.")
    amount_minor: int = Field(description="What they spent, less what was refunded.")
    members_gaining: int = Field(description="Members who get more points than under the rules of now.")
    members_losing: int = Field(description="Members who get fewer.")


class RuleTrialResult(BaseModel):
    """What a rule would have given, to whom, and who would have paid."""

    rule: RuleTrialPoints = Field(description="The rule itself.")
    points_left: int = Field(description="What would be left of its budget.")
    used_up_on: str | None = Field(
        description="The day on which it first gave nothing for want of budget; null where that lasted."
    )
    total: RuleTrialShop = Field(description="All sales together.")
    members: int = Field(description="Members who bought something.")
    rules: list[RuleTrialPoints] = Field(
        description="The rule and those of its group, which may give less because of it."
    )
    funders: list[RuleTrialPoints] = Field(description="Who pays, of all of these rules.")
    shops: list[RuleTrialShop] = Field(description="Where, the most first.")
    tenths: list[RuleTrialTenth] = Field(description="To whom: members in tenths by what they spent, the most first.")
    reasons: dict[str, int] = Field(
        description="For how many sales the rule gave nothing, by the reason that a quote would state.",
        examples=[{"nothing_earned": 12}],
    )


class RuleTrial(BaseModel):
    """A rule as it is tried on past sales."""

    id: str = Field(description="The trial's id, which is that of its task.")
    state: TaskState = Field(description="Where it stands; one that is `done` has its result.")
    done: int = Field(description="How many postings were looked at.")
    total: int = Field(description="Of how many.")
    rule: str = Field(description="The rule.")
    since: str = Field(description="The first day whose sales count.", examples=["2026-11-01"])
    until: str = Field(description="The last day.", examples=["2026-11-30"])
    result: RuleTrialResult | None = Field(description="What came of it; null while it is under way.")


@router.post("", operation_id="tryRule", summary="Try a bonus rule on past sales", status_code=202, responses=PROBLEMS)
def try_rule(request: Request, body: RuleTrialCreate, caller: Owner) -> RuleTrial:
    """Nothing is added, set aside or booked. The plan that books sales runs again over those of last month, or of any
    days, with their refunds, budget and caps: once with the rules of now, once with this one. Ask for the trial again
    until it is done; its task has the same as a table.
    """
    alliance = alliance_now(request, caller)
    trial = ask_trial(alliance, body.rule, stated_terms(body, alliance.today), body.since, body.until)
    return _render(start_trial(alliance, caller, trial), trial, None)


@router.get(
    "/{trial}",
    operation_id="getRuleTrial",
    summary="Get what a rule would have cost",
    responses={**PROBLEMS, **responses((404, "No such trial."))},
)
def get_trial(request: Request, trial: TrialId, caller: Treasurer) -> RuleTrial:
    """How far it is, and what came of it. It is forgotten seven days after it has ended."""
    return _render(*find_trial(alliance_now(request, caller), caller, trial))


def _render(task: TaskRow, trial: Trial, result: TrialResult | None) -> RuleTrial:
    return RuleTrial(
        id=task.id,
        state=task.state,
        done=task.done,
        total=task.total,
        rule=trial.rule,
        since=date_text(trial.since),
        until=date_text(trial.until),
        result=None if result is None else _result(result),
    )


def _result(result: TrialResult) -> RuleTrialResult:
    return RuleTrialResult(
        rule=_points(result.own),
        points_left=result.left,
        used_up_on=None if result.used_up_on is None else date_text(result.used_up_on),
        total=_shop(result.total),
        members=result.members,
        rules=[_points(row) for row in result.rules],
        funders=[_points(row) for row in result.funders],
        shops=[_shop(row) for row in result.shops],
        tenths=[_tenth(row) for row in result.tenths],
        reasons=dict(result.reasons),
    )


def _points(row: TrialRow) -> RuleTrialPoints:
    return RuleTrialPoints(**_figures(row))


def _shop(row: ShopRow) -> RuleTrialShop:
    return RuleTrialShop(
        **_figures(row.points), sales=row.sales, amount_minor=row.amount_minor, sales_gaining=row.gained
    )


def _tenth(row: TenthRow) -> RuleTrialTenth:
    return RuleTrialTenth(
        **_figures(row.points),
        members=row.members,
        amount_minor=row.amount_minor,
        members_gaining=row.gaining,
        members_losing=row.losing,
    )


def _figures(row: TrialRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "points_now": row.old,
        "points_then": row.new,
        "worth_now_minor": row.old_minor,
        "worth_then_minor": row.new_minor,
    }
