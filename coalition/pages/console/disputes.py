"""Disputes: what shops object to in their statements, and objecting to one."""

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.disputes.dispute_status import DisputeStatus
from coalition.disputes.open_dispute import open_dispute
from coalition.disputes.store import Dispute, list_disputes
from coalition.errors import NotFound
from coalition.pages.console.list_page import Place, row_before, split_page
from coalition.pages.console.sections import WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from settlement import Phrase, WindowNotFound, clean_text
from settlement.clearing import LineKind, closed_window

router = PageRouter("/console/disputes")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]
Which = Literal["open", "all"]
A_PAGE = 30
WORDS_MAX = 2_000


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


@router.post("")
def object_to(
    staff: Staff,
    window: Annotated[str, Form(max_length=100)],
    shop: Annotated[str, Form(max_length=100)],
    statement: Annotated[str, Form(min_length=1, max_length=WORDS_MAX)],
    line: Annotated[LineKind | Literal[""], Form()] = "",
) -> Response:
    """Say what is wrong with a shop's statement of a closed window, or with one kind of its lines."""
    staff.check_shop(shop)
    of_window, alliance = staff.window(window), staff.alliance
    with closing(alliance.database.session()) as session:
        try:
            closed = closed_window(alliance.book, session, of_window.opens_at)
        except WindowNotFound:
            raise NotFound(Phrase("window"), window) from None
    opened = open_dispute(alliance, staff.caller, shop, closed, line or None, clean_text(statement, lines=True))
    return RedirectResponse(f"/console/disputes/{opened.id}?done=opened", 303)
