"""Disputes: what shops object to in their statements."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.store import Dispute, list_disputes
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.sections import WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter

router = PageRouter("/console/disputes")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]
Which = Literal["open", "all"]
A_PAGE = 30
WORDS_MAX = 2_000
"""Characters of what is wrong, and of the answer."""


@dataclass(frozen=True, slots=True)
class DisputesPage(ConsolePage):
    """Disputes, the newest first. `before` is where the next page begins; empty on the last."""

    which: Which
    disputes: list[Dispute]
    before: str
    names: dict[str, str]
    section: Section = WINDOWS


@router.get("")
def disputes(
    staff: Staff,
    status: Annotated[Which, Query()] = "open",
    before: Place = "",
) -> HTMLResponse:
    """Those that wait for an answer, or all; a manager's are the shop's own."""
    wanted = DisputeStatus.OPEN if status == "open" else None
    with staff.alliance.database.engine.connect() as connection:
        rows = list_disputes(connection, staff.alliance.id, staff.shop, row_before(before), A_PAGE + 1, wanted)
    listed, onward = split_page(rows, A_PAGE, lambda dispute: (dispute.opened_at, dispute.id))
    return show(staff.visit, DisputesPage(status, listed, onward, staff.names()))
