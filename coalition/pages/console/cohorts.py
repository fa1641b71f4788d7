"""Who came back: of the members who joined in each month, how many bought in each month since."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.access.caller import STAFF
from coalition.pages.console.sections import REPORTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.reports.cohorts import read_cohorts
from coalition.reports.last_months import MONTHS_MAX
from settlement import date_of

router = PageRouter("/console/reports/cohorts")
Staff = Annotated[StaffVisit, Depends(admit(STAFF))]
SHADES = 5
"""Steps between none and all of a cohort."""


@dataclass(frozen=True, slots=True)
class CohortCell:
    """How many bought, in percent of all that joined, and how dark that is drawn."""

    active: int
    percent: int
    shade: int


@dataclass(frozen=True, slots=True)
class CohortRow:
    """Members who joined in the month of a day."""

    month: date
    members: int
    cells: list[CohortCell]


@dataclass(frozen=True, slots=True)
class CohortsPage(ConsolePage):
    """The newest cohort last."""

    months: int
    rows: list[CohortRow]
    choices: tuple[int, ...] = (6, 12, 24, 36)
    section: Section = REPORTS


@router.get("")
def cohorts_page(staff: Staff, months: Annotated[int, Query(ge=1, le=MONTHS_MAX)] = 12) -> HTMLResponse:
    """Of the last months."""
    rows = [
        CohortRow(date_of(row.month), row.members, [_cell(active, row.members) for active in row.active])
        for row in read_cohorts(staff.alliance, months)
    ]
    return show(staff.visit, CohortsPage(months, rows))


def _cell(active: int, members: int) -> CohortCell:
    if members == 0:
        return CohortCell(active, 0, 0)
    # Members who were merged into others since leave a cohort smaller than its purchases.
    return CohortCell(active, active * 100 // members, min(SHADES, -(-active * SHADES // members)))
