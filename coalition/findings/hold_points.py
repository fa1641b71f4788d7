"""Hold the points that a finding is about, and release them when it is dismissed. They are never taken away.

Points are moved after the finding is stored, under a key that is the finding's own: what a crash cuts short is gone on
with by the next look, and is done once.
"""

from contextlib import closing
from http import HTTPStatus

from coalition.access.caller import Caller
from coalition.access.log import record
from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.events.posting import BY_CONTACT
from coalition.findings.finding import FindingStatus, SalesFinding
from coalition.findings.finding_rules import find_finding_rules
from coalition.findings.sale import DAY
from coalition.findings.store import ask_for_hold, find_finding, holds_due, save_hold, save_no_hold
from coalition.locale.messages import N_
from coalition.members.errors import MemberUnknown
from coalition.members.store import resolve_merged
from coalition.purchases.hold import HoldPlan
from coalition.purchases.purchase import PURCHASE_PREFIX
from coalition.purchases.refund_history import refunds_of
from coalition.purchases.refund_shares import REFUND_PREFIX
from settlement.ledger import Posting, Release, posting_by_id, refund_figures

AT_ONCE = 100
NOTHING_LEFT = "points_short"
"""Why nothing is held where all of it went back before, as the book says it where the member has nothing."""


class NothingToHold(CoalitionError):
    """It was decided, or is of no one member, or it held points before: a finding holds points once."""

    code = "nothing_to_hold"
    status = HTTPStatus.CONFLICT
    title = N_("Nothing to hold")
    remedy = N_("Read the finding again: it says whether it held points, and which.")
    detail = N_("Finding {id} can't hold points: it was decided, it held some already, or no member earned any by it.")
    id: str


def hold_points(alliance: Alliance, caller: Caller, finding: SalesFinding) -> SalesFinding:
    """Hold what a member earned by what an open finding is about, as far as they still have it.

    Raises NothingToHold.
    """
    if not finding.may_hold:
        raise NothingToHold(finding.id)
    with alliance.database.engine.begin() as connection:
        days = find_finding_rules(connection, alliance.id).hold_days
        if not ask_for_hold(connection, alliance.id, finding.id, alliance.clock() + days * DAY):
            raise NothingToHold(finding.id)
        record(connection, caller, "finding.hold", finding.id)
    return settle_hold(alliance, finding.id)


def settle_due(alliance: Alliance) -> None:
    """Place and release all holds that are due."""
    with alliance.database.engine.connect() as connection:
        due = holds_due(connection, alliance.id, AT_ONCE)
    for finding in due:
        settle_hold(alliance, finding.id)


def settle_hold(alliance: Alliance, id_: str) -> SalesFinding:
    """Place or release a finding's hold, where that is due. It may be called again, and by several at once."""
    finding = _read(alliance, id_)
    if not finding.hold_due:
        return finding
    if finding.hold is not None:
        _release(alliance, finding, finding.hold)
    elif finding.status is FindingStatus.DISMISSED:
        _end(alliance, finding, None)
    else:
        _place(alliance, finding)
        # Dismissed while it was being placed: it is released at once.
        return settle_hold(alliance, id_)
    return _read(alliance, id_)


def _place(alliance: Alliance, finding: SalesFinding) -> None:
    if finding.member is None or finding.hold_until is None:
        raise RuntimeError(f"finding {finding.id} is to hold points, and does not say whose, or until when")
    content: dict[str, str | int] = {
        "type": "finding_hold",
        "finding": finding.id,
        "member": finding.member,
        "points": finding.points,
        "lapses_at": finding.hold_until,
        **_shop(finding),
    }
    try:
        with alliance.database.engine.connect() as connection:
            owner = resolve_merged(connection, alliance.id, finding.member).id
    except MemberUnknown:
        _end(alliance, finding, MemberUnknown.code)
        return
    left = finding.points - _taken_back(alliance, finding)
    if left <= 0:
        _end(alliance, finding, NOTHING_LEFT)
        return
    plan = HoldPlan(_shop_of_last(alliance, finding), owner, left, finding.hold_until)
    answer = alliance.poster.post(Posting(f"finding:{finding.id}:hold", alliance.clock(), content, plan))
    if answer.refusal is not None:
        _end(alliance, finding, answer.refusal.code)
        return
    held = sum(move.amount for move in answer.moves)
    with alliance.database.engine.begin() as connection:
        save_hold(connection, alliance.id, finding.id, answer.posting_id, held)


def _release(alliance: Alliance, finding: SalesFinding, hold: int) -> None:
    content: dict[str, str | int] = {
        "type": "finding_release",
        "finding": finding.id,
        "member": str(finding.member),
        **_shop(finding),
    }
    # The book refuses where the hold has lapsed: the points are free then too.
    alliance.poster.post(Posting(f"finding:{finding.id}:release", alliance.clock(), content, [Release(hold)]))
    _end(alliance, finding, None)


def _shop(finding: SalesFinding) -> dict[str, str | int]:
    """The shop that may hear of it, which is told no id of a member whom it named by a contact."""
    own: dict[str, str | int] = {} if finding.shop is None else {"shop": finding.shop}
    return {**own, BY_CONTACT: 1} if finding.by_contact else own


def _taken_back(alliance: Alliance, finding: SalesFinding) -> int:
    """Points of the finding's sales that refunds and voids took back since: those that are evidence too are counted."""
    of = alliance.programme.ids
    sales = [id_ for each in finding.evidence if (id_ := of.posting(PURCHASE_PREFIX, each)) is not None]
    with closing(alliance.database.session()) as session:
        refunds = refunds_of(alliance, session, sales)
    seen = set(finding.evidence)
    later = (refund for each in refunds.values() for refund in each if of.public(REFUND_PREFIX, refund.id) not in seen)
    return sum(refund_figures(refund.moves).earn_taken_back for refund in later)


def _shop_of_last(alliance: Alliance, finding: SalesFinding) -> str:
    """A hold is for some shop: the one of the last sale that was seen."""
    prefix = finding.evidence[-1].partition("_")[0]
    posting_id = alliance.programme.ids.posting(prefix, finding.evidence[-1])
    with closing(alliance.database.session()) as session:
        posting = None if posting_id is None else posting_by_id(alliance.book, session, posting_id)
    if posting is None:
        raise RuntimeError(f"finding {finding.id} names {finding.evidence[-1]}, which is not in the book")
    return str(posting.content["shop"])


def _end(alliance: Alliance, finding: SalesFinding, refused: str | None) -> None:
    with alliance.database.engine.begin() as connection:
        save_no_hold(connection, alliance.id, finding.id, refused)


def _read(alliance: Alliance, id_: str) -> SalesFinding:
    with alliance.database.engine.connect() as connection:
        finding = find_finding(connection, alliance.id, id_)
    if finding is None:
        raise RuntimeError(f"there is no finding {id_}")
    return finding
