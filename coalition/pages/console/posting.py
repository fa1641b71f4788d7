"""What happened once, such as a purchase, with each of its moves. A manager sees those of their own shop."""

from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from secrets import token_hex
from typing import Annotated, NamedTuple
from urllib.parse import quote

from fastapi import Depends, Response
from fastapi.responses import HTMLResponse

from coalition.alliance import Alliance
from coalition.errors import NotFound
from coalition.events.event import Event
from coalition.events.posting import BY_CONTACT
from coalition.events.types import posting_events
from coalition.ids import window_id
from coalition.locale.messages import N_
from coalition.pages.console.correction import TypedPoints, TypedReason, correct_points
from coalition.pages.console.sections import MEMBERS, WINDOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, Ref
from coalition.web.public_text import OTHER_PREFIX
from settlement import NamedFact, Phrase
from settlement.ledger import OPERATOR, MoveKind, StoredPosting, posting_by_id

router = PageRouter("/console/postings/{posting}")
Staff = Annotated[StaffVisit, Depends(admit(WINDOWS.roles))]
Helper = Annotated[StaffVisit, Depends(admit(MEMBERS.roles))]
KINDS = {
    "purchase": N_("Purchase"),
    "refund": N_("Refund"),
    "hold": N_("Hold"),
    "capture": N_("Hold, spent"),
    "release": N_("Hold, released"),
    "lapse": N_("Hold, lapsed"),
    "finding_hold": N_("Hold because of a finding"),
    "finding_release": N_("Hold because of a finding, released"),
    "gift": N_("Gift"),
    "gift_arrived": N_("Gift"),
    "gift_returned": N_("Gift that came back"),
    "expiry": N_("Points expired"),
    "adjustment": N_("Adjustment"),
    "correction": N_("Correction"),
    "merge": N_("Members merged"),
    "release_of_balance": N_("Points brought along"),
    "close": N_("Close of a window"),
    "bonus_budget": N_("Budget of a bonus"),
}
"""What postings are called, by their types."""
MOVES = {
    MoveKind.ISSUE: (N_("Issued"), N_("Issue taken back")),
    MoveKind.REDEEM: (N_("Redeemed"), N_("Redemption taken back")),
    MoveKind.EXPIRE: (N_("Expired"), N_("Expiry taken back")),
    MoveKind.GIVE: (N_("Given"), N_("Gift taken back")),
    MoveKind.HOLD: (N_("Held"), N_("Released")),
    MoveKind.OWE: (N_("Owed by the member"), N_("Debt paid")),
    MoveKind.COMPENSATE: (N_("Compensation between shops"), N_("Compensation taken back")),
    MoveKind.REPAY: (N_("Paid a debt to another shop"), N_("Debt open again")),
    MoveKind.WAIVE: (N_("Waived"), N_("Waiver taken back")),
    MoveKind.SET_ASIDE: (N_("Set aside"), N_("Put back from what was set aside")),
    MoveKind.COUNT: (N_("Counted"), N_("Count taken back")),
    MoveKind.TRANSFER: (N_("Money moved"), N_("Money moved back")),
}
"""What moves are called, and the same kind taken back."""


class PostingName(NamedTuple):
    """What a posting is called, and its public id."""

    kind: str
    id: str


class NamedShop(NamedTuple):
    """What a shop is called, and its page; `href` is empty where the visitor may not open that."""

    name: str
    href: str


@dataclass(frozen=True, slots=True)
class PostedPart:
    """A move of points: what it was, whose points, where; with their exact worth in minor units."""

    kind: str
    issuer: NamedShop
    shop: NamedShop
    points: int
    worth: Fraction


@dataclass(frozen=True, slots=True)
class PostingPage(ConsolePage):
    """A posting. `amount_minor` is what the goods cost, `member` who it was: None where the visitor is not told.

    `statement` is the page of its shop's statement of the window; empty where the visitor may not open that. With
    `may_take_back` the visitor may take back points that it issued, under `key`.
    """

    name: PostingName
    shop: NamedShop
    statement: str
    member: str | None
    opens_members: bool
    receipt: str
    amount_minor: int | None
    occurred_at: int
    recorded_at: int
    window: str
    original: PostingName | None
    parts: list[PostedPart]
    may_take_back: bool
    key: str
    problem: str = ""
    section: Section = WINDOWS


@router.get("")
def posting(staff: Staff, posting: Ref) -> HTMLResponse:
    """It, down to each move."""
    return _show(staff, _find(staff, posting))


@router.post("/take-back")
def take_back(
    staff: Helper,
    posting: Ref,
    key: FormKey,
    points: TypedPoints,
    reason: TypedReason,
) -> Response:
    """Take back points that it issued by mistake; above what one person may do alone another one approves."""
    stored = _find(staff, posting)
    if not _issued(stored):
        raise NotFound(Phrase("purchase or adjustment"), posting)
    shop, member = (str(stored.content[name]) for name in ("shop", "member"))
    try:
        return correct_points(staff, key, shop, member, points, reason, of=stored.id)
    except NamedFact as error:
        return _show(staff, stored, staff.visit.explain(error), error.error_kind.status)


def _show(staff: StaffVisit, stored: StoredPosting, problem: str = "", code: int = 200) -> HTMLResponse:
    alliance = staff.alliance
    with closing(alliance.database.session()) as session:
        refs = {id_: participant.ref for id_, participant in alliance.book.config(session).by_id.items()}
        original = None if stored.refers_to is None else posting_by_id(alliance.book, session, stored.refers_to)
    names, content = staff.names(), stored.content

    def named(ref: str) -> NamedShop:
        return NamedShop(names.get(ref, ref), staff.shop_page(ref))

    moves = [
        move
        for move in stored.moves
        if move.terms_id and (staff.may_see(refs[move.issuer]) or staff.may_see(refs[move.shop]))
    ]
    shop = str(content.get("shop", original.content.get("shop", "") if original else ""))
    is_own = staff.may_see(shop or OPERATOR)
    if not moves and not is_own:
        raise NotFound(Phrase("posting"), name_posting(alliance, stored).id)
    knows_member = is_own and (staff.shop is None or BY_CONTACT not in content)
    page = PostingPage(
        name=name_posting(alliance, stored),
        shop=named(shop),
        statement=f"/console/windows/{window_id(stored.window_id)}/{quote(shop)}" if shop and is_own else "",
        member=str(content["member"]) if knows_member and "member" in content else None,
        opens_members=staff.caller.role in MEMBERS.roles,
        receipt=str(content.get("external_ref", "")) if is_own else "",
        amount_minor=int(content["amount_minor"]) if is_own and "amount_minor" in content else None,
        occurred_at=stored.occurred_at,
        recorded_at=stored.recorded_at,
        window=window_id(stored.window_id),
        original=None if original is None else name_posting(alliance, original),
        parts=[
            PostedPart(
                MOVES[MoveKind(abs(move.kind))][move.kind < 0],
                named(refs[move.issuer]),
                named(refs[move.shop]),
                move.amount,
                move.amount * alliance.minor_per_point(move.terms_id),
            )
            for move in moves
        ],
        may_take_back=staff.caller.role in MEMBERS.roles and _issued(stored),
        key=token_hex(16),
        problem=problem,
    )
    return show(staff.visit, page, code)


def _issued(posting: StoredPosting) -> bool:
    """Whether it is a purchase or an adjustment that gave its member points."""
    is_one = posting.content.get("type") in ("purchase", "adjustment")
    return is_one and any(move.kind == MoveKind.ISSUE for move in posting.moves)


def name_posting(alliance: Alliance, posting: StoredPosting) -> PostingName:
    """What a posting is called, in English, and its public id."""
    kind = str(posting.content.get("type"))
    published = posting_events().get(kind)
    prefix = OTHER_PREFIX if published is None else published.prefix
    return PostingName(KINDS.get(kind, kind), alliance.programme.ids.public(prefix, posting.id))


def event_name(alliance: Alliance, event: Event) -> PostingName | None:
    """The same of the posting that an event is of; None for an event that is none of the book's."""
    if event.posting_id is None:
        return None
    kind, published = next((kind, each) for kind, each in posting_events().items() if each.event_type == event.type)
    return PostingName(KINDS.get(kind, kind), alliance.programme.ids.public(published.prefix, event.posting_id))


def _find(staff: StaffVisit, id_: str) -> StoredPosting:
    """The posting of a public id. Raises NotFound."""
    prefix = id_.partition("_")[0]
    posting_id = staff.alliance.programme.ids.posting(prefix, id_)
    with closing(staff.alliance.database.session()) as session:
        stored = None if posting_id is None else posting_by_id(staff.alliance.book, session, posting_id)
    if stored is None or stored.refusal is not None or name_posting(staff.alliance, stored).id != id_:
        raise NotFound(Phrase("posting"), id_)
    return stored
