"""A finding: what was seen, the sales that show it, and what somebody makes of it."""

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import HELPERS, STAFF
from coalition.errors import NotFound
from coalition.findings.decide_finding import decide_finding
from coalition.findings.finding import SalesFinding
from coalition.findings.held_points import PointsStanding, points_standing
from coalition.findings.hold_points import hold_points
from coalition.findings.pattern import Pattern, patterns
from coalition.findings.store import find_finding
from coalition.pages.console.people import names_of_people
from coalition.pages.console.posting import PostingName, name_posting
from coalition.pages.console.sections import FINDINGS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref, typed_text
from coalition.purchases.purchase import points_earned, points_spent
from coalition.tills.store import names_of
from settlement import NamedFact, Phrase
from settlement.ledger import StoredPosting, postings_by_id, refund_figures

router = PageRouter("/console/findings/{finding}")
Staff = Annotated[StaffVisit, Depends(admit(FINDINGS.roles))]
WORDS_MAX = 2_000
EVIDENCE_MAX = 200


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """A sale or a refund that shows it: what came of points for the member, below zero where they went."""

    posting: PostingName
    at: int
    shop: str
    amount_minor: int
    points: int


@dataclass(frozen=True, slots=True)
class FindingPage(ConsolePage):
    """A finding, and what the visitor may do about it.

    `member` is None where there is none, or the visitor is told no id. So many of the sales are `hidden`: not listed.
    """

    finding: SalesFinding
    pattern: Pattern | None
    standing: PointsStanding
    evidence: list[EvidenceRow]
    hidden: int
    member: str | None
    member_link: bool
    seller: list[str]
    names: dict[str, str]
    people: dict[str, str]
    done: str = ""
    problem: str = ""
    section: Section = FINDINGS


@router.get("")
def finding(staff: Staff, finding: Ref, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The finding."""
    return _show(staff, _find(staff, finding), done=done)


@router.post("/decision")
def decide(
    staff: Staff,
    finding: Ref,
    status: Annotated[Literal["dismissed", "confirmed"], Form()],
    reason: Annotated[str, Form(max_length=WORDS_MAX)] = "",
) -> Response:
    """Dismiss it or confirm it, once."""
    current = _find(staff, finding)
    try:
        decide_finding(staff.alliance, staff.caller, current, status, typed_text("reason", reason, lines=True))
    except NamedFact as error:
        problem, code = staff.visit.explain(error), error.error_kind.status
        return _show(staff, _find(staff, finding), problem, code)
    return RedirectResponse(f"/console/findings/{finding}?done={status}", 303)


@router.post("/hold")
def hold(staff: Staff, finding: Ref) -> Response:
    """Lock the points that the member earned by it."""
    try:
        hold_points(staff.alliance, staff.caller, _find(staff, finding))
    except NamedFact as error:
        return _show(staff, _find(staff, finding), staff.visit.explain(error), error.error_kind.status)
    return RedirectResponse(f"/console/findings/{finding}?done=held", 303)


def _find(staff: StaffVisit, id_: str) -> SalesFinding:
    """A finding that the visitor may see. Raises NotFound."""
    with staff.alliance.database.engine.connect() as connection:
        current = find_finding(connection, staff.alliance.id, id_)
    if current is None or staff.shop not in (None, current.shop):
        raise NotFound(Phrase("finding"), id_)
    return current


def _show(
    staff: StaffVisit, current: SalesFinding, problem: str = "", code: int = 200, *, done: str = ""
) -> HTMLResponse:
    alliance, names = staff.alliance, staff.names()
    named = [id_ for id_ in (current.till, current.cashier) if id_ is not None]
    with alliance.database.engine.connect() as connection:
        sellers = names_of(connection, alliance.id, named)
    page = FindingPage(
        finding=current,
        pattern=patterns().get(current.pattern),
        standing=points_standing(alliance, [current])[current.id],
        evidence=[_row(staff, posting, names) for posting in _evidence(staff, current)],
        hidden=max(0, len(current.evidence) - EVIDENCE_MAX),
        member=None if staff.shop is not None and current.by_contact else current.member,
        member_link=staff.caller.role in HELPERS & STAFF,
        seller=[sellers.get(id_, id_) for id_ in named],
        names=names,
        people={} if staff.shop is not None else names_of_people(staff),
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)


def _evidence(staff: StaffVisit, current: SalesFinding) -> list[StoredPosting]:
    """The newest sales and refunds that show it, in the order in which they happened."""
    ids = [
        staff.alliance.programme.ids.posting(public.partition("_")[0], public)
        for public in current.evidence[-EVIDENCE_MAX:]
    ]
    with closing(staff.alliance.database.session()) as session:
        postings = postings_by_id(staff.alliance.book, session, sorted(id_ for id_ in ids if id_ is not None))
    return sorted(postings, key=lambda posting: (posting.occurred_at, posting.id))


def _row(staff: StaffVisit, posting: StoredPosting, names: dict[str, str]) -> EvidenceRow:
    content, shop = posting.content, str(posting.content["shop"])
    if content["type"] == "purchase":
        amount = int(content["amount_minor"])
        points = points_earned(posting.moves) - points_spent(posting.moves)
    else:
        back = refund_figures(posting.moves)
        amount = -int(content.get("refunded_minor", 0))
        points = back.returned - back.taken_back
    name = name_posting(staff.alliance, posting)
    return EvidenceRow(name, posting.occurred_at, names.get(shop, shop), amount, points)
