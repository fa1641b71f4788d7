"""A line of a statement: one kind of business with one other shop, down to each purchase behind it."""

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.errors import NotFound
from coalition.pages.console.posting import PostingName, name_posting
from coalition.pages.console.sections import WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.console.statement import read_statement
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from coalition.statements.sheet import receipt_of
from coalition.windows.find_window import SettlementWindow
from settlement import Phrase
from settlement.clearing import StatementLine, StatementMove, moves_behind
from settlement.ledger import postings_by_id

router = PageRouter("/console/windows/{window}/{shop}/{kind}")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]
A_PAGE = 100


@dataclass(frozen=True, slots=True)
class LineMove:
    """A move behind the line: what it was part of, by its public id, and the till's own number of it."""

    move: StatementMove
    posting: PostingName
    receipt: str


@dataclass(frozen=True, slots=True)
class LinePage(ConsolePage):
    """The moves of a page, the oldest first; those of all pages add up to the line. `page_minor` is what these do."""

    window: SettlementWindow
    ref: str
    shop: str
    name: str
    other: str
    title: str
    line: StatementLine
    moves: list[LineMove]
    page_minor: int
    number: int
    pages: int
    section: Section = WINDOWS


@router.get("")
def line(
    staff: Staff,
    window: Ref,
    shop: Ref,
    kind: Ref,
    counterpart: Annotated[str, Query(alias="with", max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10**6)] = 1,
) -> HTMLResponse:
    """Each purchase behind a figure."""
    alliance, of_window = staff.alliance, staff.window(window)
    stated, written = read_statement(staff, of_window, shop)
    titles = {section.kind: row[0] for section, row in zip(stated.sections, written.sections, strict=True)}
    wanted = [each for each in stated.lines if each.kind == kind and each.counterpart == counterpart]
    if not wanted:
        raise NotFound(Phrase("line"), f"{kind} {counterpart}")
    asked = wanted[0]
    with closing(alliance.database.session()) as session, alliance.database.engine.connect() as connection:
        moves = moves_behind(alliance.book, connection, session, stated, asked)[asked]
        on_page = moves[(page - 1) * A_PAGE : page * A_PAGE]
        postings = postings_by_id(alliance.book, session, sorted({move.posting_id for move in on_page}))
    named = {posting.id: name_posting(alliance, posting) for posting in postings}
    names = staff.names()
    line_page = LinePage(
        window=of_window,
        ref=window,
        shop=shop,
        name=names.get(shop, shop),
        other=names.get(counterpart, counterpart),
        title=titles[asked.kind],
        line=asked,
        moves=[LineMove(move, named[move.posting_id], receipt_of(move)) for move in on_page],
        page_minor=sum(move.minor for move in on_page),
        number=page,
        pages=-(-len(moves) // A_PAGE),
    )
    return show(staff.visit, line_page)
