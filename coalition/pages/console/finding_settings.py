"""What the alliance looks for in sales: patterns, their thresholds, and whether they hold points by themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import Field

from coalition.access.caller import OWNERS, STAFF
from coalition.findings.change_finding_rules import change_finding_rules
from coalition.findings.finding_rules import FindingRules, PatternRules, find_finding_rules
from coalition.findings.pattern import Pattern, patterns
from coalition.pages.console.sections import FINDINGS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from settlement import NamedFact

router = PageRouter("/console/settings/findings")
Staff = Annotated[StaffVisit, Depends(admit(FINDINGS.roles & STAFF))]
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
Number = Annotated[int, Field(ge=0, le=10**6)]
PATTERNS_MAX, THRESHOLDS_MAX = 100, 500


@dataclass(frozen=True, slots=True)
class FindingSettingsPage(ConsolePage):
    """The rules as they are, or as somebody typed them who could not change them."""

    rules: FindingRules
    patterns: Mapping[str, Pattern]
    may_set: bool
    done: str = ""
    problem: str = ""
    section: Section = FINDINGS


@router.get("")
def finding_settings(staff: Staff, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The settings."""
    return _show(staff, _rules(staff), done=done)


@router.post("")
def change(
    staff: Owner,
    version: Annotated[Number, Form()],
    hold_days: Annotated[Number, Form()],
    name: Annotated[list[str], Form(max_length=THRESHOLDS_MAX)],
    value: Annotated[list[Number], Form(max_length=THRESHOLDS_MAX)],
    on: Annotated[list[str] | None, Form(max_length=PATTERNS_MAX)] = None,
    holds: Annotated[list[str] | None, Form(max_length=PATTERNS_MAX)] = None,
) -> Response:
    """Agree on others: it takes two people."""
    typed = _typed(version, hold_days, dict(zip(name, value, strict=False)), on or (), holds or ())
    try:
        change_finding_rules(staff.alliance, staff.approvals, staff.caller, typed)
    except NamedFact as error:
        return _show(staff, typed, staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse("/console/settings/findings?done=saved", 303)


def _rules(staff: StaffVisit) -> FindingRules:
    with staff.alliance.database.engine.connect() as connection:
        return find_finding_rules(connection, staff.alliance.id)


def _typed(
    version: int, hold_days: int, values: Mapping[str, int], on: Sequence[str], holds: Sequence[str]
) -> FindingRules:
    """The rules as the form has them: each threshold by the name of its pattern and its own."""
    by_pattern = {
        name: PatternRules(
            name in on,
            name in holds,
            {each.name: values.get(f"{name}.{each.name}", 0) for each in pattern.thresholds},
        )
        for name, pattern in patterns().items()
    }
    return FindingRules(hold_days, by_pattern, version)


def _show(
    staff: StaffVisit, rules: FindingRules, problem: str = "", code: int = 200, *, done: str = ""
) -> HTMLResponse:
    may_set = staff.caller.role in OWNERS
    return show(staff.visit, FindingSettingsPage(rules, patterns(), may_set, done, problem), code)
