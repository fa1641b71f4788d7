"""What a bonus rule would have cost, whom, and who would have gained: what came of trying it on past sales."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import OWNERS, STAFF, TREASURERS
from coalition.access.errors import ApprovalAwaited
from coalition.bonuses.add_rule import add_rule
from coalition.earning.bonus import NO_BONUS, BonusVersion, NoBonus
from coalition.errors import NotFound
from coalition.pages.console.list_page import Number, NumberedPage, numbered_page
from coalition.pages.console.listed_rule import ListedRule, listed_rule
from coalition.pages.console.sections import RULES, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from coalition.what_if.trial import Trial
from coalition.what_if.trial_result import ShopRow, TrialResult, TrialRow
from coalition.what_if.trial_task import find_trial
from settlement import NamedFact, Phrase

router = PageRouter("/console/rules/what-if/{trial}")
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
A_PAGE = 50


@dataclass(frozen=True, slots=True)
class TrialPage(ConsolePage):
    """A trial that is done. Funders and shops stand with their names; `reasons` say why sales got nothing, in words.

    Its rule can be added as it was tried where the visitor `may_add` rules.
    """

    id: str
    trial: Trial
    rule: ListedRule
    result: TrialResult
    rules: Sequence[TrialRow]
    funders: Sequence[tuple[str, TrialRow]]
    shops: NumberedPage[tuple[str, ShopRow]]
    reasons: Sequence[tuple[str, int]]
    may_add: bool
    problem: str = ""
    section: Section = RULES


@router.get("")
def rule_trial(staff: Treasurer, trial: Ref, page: Number = 1) -> HTMLResponse:
    """What came of it."""
    return _show(staff, trial, page)


@router.post("/add")
def add_tried(staff: Owner, trial: Ref) -> Response:
    """Let the rule count from now on, as it was tried."""
    _, asked, _ = find_trial(staff.alliance, staff.caller, trial)
    try:
        add_rule(staff.alliance, staff.approvals, staff.caller, asked.rule, asked.terms)
    except ApprovalAwaited:
        return RedirectResponse("/console/rules?done=asked", 303)
    except NamedFact as error:
        return _show(staff, trial, 1, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse("/console/rules?done=added", 303)


def _show(staff: StaffVisit, id_: str, number: int, problem: str = "", status: int = 200) -> HTMLResponse:
    task, trial, result = find_trial(staff.alliance, staff.caller, id_)
    if result is None:
        raise NotFound(Phrase("task"), id_)
    names, visit = staff.names(), staff.visit
    content = TrialPage(
        task.id,
        trial,
        listed_rule(staff, names, BonusVersion(trial.rule, 1, trial.terms, trial.at)),
        result,
        result.rules if len(result.rules) > 1 else (),
        [(names.get(row.name, row.name), row) for row in result.funders],
        numbered_page([(names.get(row.points.name, row.points.name), row) for row in result.shops], number, A_PAGE),
        [(visit.say(NO_BONUS[NoBonus(code)]), count) for code, count in result.reasons.items()],
        staff.caller.role in OWNERS,
        problem,
    )
    return show(visit, content, status)
