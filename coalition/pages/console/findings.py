"""Findings: sales that look like fraud, those that wait for a decision or all."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.access.caller import OWNERS, STAFF
from coalition.findings.finding import FindingStatus, SalesFinding
from coalition.findings.pattern import Pattern, patterns
from coalition.findings.store import list_findings
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.sections import FINDINGS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter

router = PageRouter("/console/findings")
Staff = Annotated[StaffVisit, Depends(admit(FINDINGS.roles))]
Which = Literal["open", "all"]
A_PAGE = 30


@dataclass(frozen=True, slots=True)
class FindingsPage(ConsolePage):
    """Findings, the newest first. `before` is where the next page begins; empty on the last."""

    which: Which
    findings: list[SalesFinding]
    before: str
    names: dict[str, str]
    patterns: dict[str, Pattern]
    may_set: bool
    section: Section = FINDINGS


@router.get("")
def findings(
    staff: Staff,
    status: Annotated[Which, Query()] = "open",
    before: Place = "",
) -> HTMLResponse:
    """Those that wait for a decision, or all; a manager's are about the own shop alone."""
    wanted = FindingStatus.OPEN if status == "open" else None
    with staff.alliance.database.engine.connect() as connection:
        rows = list_findings(connection, staff.alliance.id, staff.shop, row_before(before), A_PAGE + 1, wanted)
    listed, onward = split_page(rows, A_PAGE, lambda finding: (finding.opened_at, finding.id))
    may_set = staff.caller.role in OWNERS & STAFF
    return show(staff.visit, FindingsPage(status, listed, onward, staff.names(), dict(patterns()), may_set))
