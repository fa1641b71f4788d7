"""A shop's statement of a window, closed or open: what it receives and pays, by kind and by the other shop.

What is wrong with one that is closed is said here too.
"""

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.disputes.open_dispute import open_dispute
from coalition.errors import NotFound
from coalition.pages.console.disputes import WORDS_MAX
from coalition.pages.console.sections import WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.errors import FieldWrong
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref, typed_text
from coalition.payments.rails.bank import bank_settings_of
from coalition.statements import details_of
from coalition.statements.sheet import Sheet, sheet
from coalition.windows.find_window import SettlementWindow, WindowStatus
from settlement import ParticipantUnknown, Phrase, WindowNotFound
from settlement.clearing import LineKind, Statement, StatementSection, closed_window, statement_of, statement_so_far
from settlement.ledger import OPERATOR, POOL

router = PageRouter("/console/windows/{window}/{shop}")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]


@dataclass(frozen=True, slots=True)
class StatementPage(ConsolePage):
    """The statement, its sections with what they are called and mean, and its `sheet` with the other words.

    While the window is open it is what the statement would be if the window closed now. `may_object` is whether it is
    a shop's, and closed, so that the shop can say what is wrong with it; `problem` is what was wrong with saying it.
    """

    window: SettlementWindow
    ref: str
    name: str
    names: dict[str, str]
    statement: Statement
    sections_named: list[tuple[StatementSection, str, str]]
    sheet: Sheet
    may_object: bool
    words_max: int = WORDS_MAX
    problem: str = ""
    section: Section = WINDOWS


@router.get("")
def statement(staff: Staff, window: Ref, shop: Ref) -> HTMLResponse:
    """What the shop owes or is owed, and why."""
    return _show(staff, window, shop)


@router.post("/object")
def object_to(
    staff: Staff,
    window: Ref,
    shop: Ref,
    statement: Annotated[str, Form(max_length=WORDS_MAX)] = "",
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
    try:
        wrong = typed_text("statement", statement, lines=True)
    except FieldWrong as error:
        return _show(staff, window, shop, staff.visit.explain(error), error.error_kind.status)
    opened = open_dispute(alliance, staff.caller, shop, closed, line or None, wrong)
    return RedirectResponse(f"/console/disputes/{opened.id}?done=opened", 303)


def _show(staff: StaffVisit, window: str, shop: str, problem: str = "", code: int = 200) -> HTMLResponse:
    of_window = staff.window(window)
    stated, written = read_statement(staff, of_window, shop)
    names = staff.names()
    page = StatementPage(
        window=of_window,
        ref=window,
        name=names.get(shop, shop),
        names=names,
        statement=stated,
        sections_named=[
            (section, row[0], row[1]) for section, row in zip(stated.sections, written.sections, strict=True)
        ],
        sheet=written,
        may_object=of_window.status is WindowStatus.CLOSED and shop not in (OPERATOR, POOL),
        problem=problem,
    )
    return show(staff.visit, page, code)


def read_statement(staff: StaffVisit, window: SettlementWindow, shop: str) -> tuple[Statement, Sheet]:
    """A statement, and its words. Raises NotFound for a shop that the visitor may not see, or that is not there."""
    staff.check_shop(shop)
    alliance, book = staff.alliance, staff.alliance.book
    read = statement_of if window.status is WindowStatus.CLOSED else statement_so_far
    with closing(alliance.database.session()) as session, alliance.database.engine.connect() as connection:
        try:
            stated = read(book, connection, session, shop, window.opens_at)
        except ParticipantUnknown:
            raise NotFound(Phrase("shop"), shop) from None
        bank = bank_settings_of(alliance)
        details = details_of(book, connection, session, stated, bank, staff.visit.lang)
    # To the alliance's people its own statement is theirs, and a shop's is the shop's.
    to_itself = shop == (staff.shop or OPERATOR)
    return stated, sheet(stated, {}, details, staff.visit.lang, to_itself=to_itself)
