"""Refund a purchase, whole or in part: read what earlier refunds took back, decide, post.

`coalition.purchases.refund_shares` has the rules of how much goes back.
"""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import count, takewhile

from coalition.alliance import Alliance
from coalition.members.member import MemberState
from coalition.members.store import household_members, member_after_merges, merged_ids
from coalition.purchases.errors import AllRefunded, LinesBelowZero, LineUnknown, RefundTooLarge
from coalition.purchases.find_purchase import FoundPurchase
from coalition.purchases.lines import decode_lines
from coalition.purchases.purchase import points_earned, points_spent
from coalition.purchases.refund_shares import REFUND_PREFIX, RefundedPoints, Sold, refund_amount, refund_lines
from coalition.refusals import RefusedByBook
from settlement import KeyReused
from settlement.ledger import (
    Answer,
    Leg,
    Posting,
    RefundEarn,
    RefundFigures,
    RefundSpend,
    Session,
    StoredPosting,
    postings_by_reference,
    postings_that_refer_to,
    refund_figures,
)

AT_ONCE = 16
"""How many refunds are read at once: few purchases have more."""


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What to refund of a purchase: these lines, or an amount in minor units, or (neither given) all that is left."""

    amount_minor: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BookedRefund:
    """A refund as it was booked, under its public id. `recorded_at` is microseconds since 1970 UTC.

    `points` is what became of the member's points. `window_id` is the window that it settles in, `replayed` means that
    an earlier request booked it.
    """

    id: str
    amount_minor: int
    points: RefundFigures
    recorded_at: int
    window_id: int
    replayed: bool


def refund_purchase(alliance: Alliance, purchase: FoundPurchase, key: str, request: RefundRequest) -> BookedRefund:
    """Refund under an idempotency key of the book. Durable when it returns.

    Points that paid go back to the lots they came from; points earned are taken back from where they are, and what the
    member has spent or given away of them becomes a debt. A closed window stays as it is: the refund settles in the
    open one. Raises RefundTooLarge,
    LineUnknown, RefusedByBook, and what the poster raises.
    """
    refund, answer = _post_refund(alliance, purchase.posting, key, request)
    if answer.refusal is not None:
        raise RefusedByBook(answer.refusal)
    return _booked(alliance, alliance.posting(answer.posting_id), refund, replayed=answer.replayed)


def read_refund(alliance: Alliance, posting: StoredPosting) -> BookedRefund:
    """A refund of a purchase as it was booked, of its posting."""
    purchase = alliance.posting(int(posting.content["purchase"]))
    with closing(alliance.database.session()) as session:
        booked = in_order(_refunds(alliance, session, purchase.id), corrections_of(alliance, session, purchase.id))
    earlier = list(takewhile(lambda before: before.key != posting.key, booked))
    return _booked(alliance, posting, _decide(sold_until(purchase, earlier), _request_of(posting)), replayed=False)


def _booked(alliance: Alliance, posting: StoredPosting, refund: RefundedPoints, *, replayed: bool) -> BookedRefund:
    return BookedRefund(
        id=alliance.programme.ids.public(REFUND_PREFIX, posting.id),
        amount_minor=refund.amount_minor,
        points=refund_figures(posting.moves),
        recorded_at=posting.recorded_at,
        window_id=posting.window_id,
        replayed=replayed,
    )


def _request_of(refund: StoredPosting) -> RefundRequest:
    """What a refund asked for when it was booked."""
    refs = tuple(str(refund.content["lines"]).split("\n")) if "lines" in refund.content else ()
    amount = int(refund.content["amount_minor"]) if "amount_minor" in refund.content else None
    return RefundRequest(amount, refs)


def _post_refund(
    alliance: Alliance, purchase: StoredPosting, key: str, request: RefundRequest
) -> tuple[RefundedPoints, Answer]:
    """Decide on what earlier refunds left, and post.

    Each refund of a purchase takes the next number as its reference. Of two at once, one finds its number taken by
    the other, and decides again.
    """
    content: dict[str, str | int] = {
        "type": "refund",
        "purchase": purchase.id,
        "shop": purchase.content["shop"],
        "member": purchase.content["member"],
        "under": key,
    }
    if request.lines:
        content["lines"] = "\n".join(request.lines)
    elif request.amount_minor is not None:
        content["amount_minor"] = request.amount_minor
    while True:
        with closing(alliance.database.session()) as session:
            refunds = _refunds(alliance, session, purchase.id)
            corrections = corrections_of(alliance, session, purchase.id)
        # A retry is decided on what was left when it was first sent.
        earlier = list(takewhile(lambda posting: posting.key != key, in_order(refunds, corrections)))
        refund = _decide(sold_until(purchase, earlier), request)
        reference = _reference(purchase.id, len(refunds))
        legs = _legs(alliance, purchase, refund)
        posting = Posting(key, alliance.clock(), content, legs, reference=reference)
        try:
            return refund, alliance.poster.post(posting)
        except KeyReused as taken:
            if taken.key != reference:
                raise


def corrections_of(alliance: Alliance, session: Session, purchase: int) -> list[StoredPosting]:
    """The postings by which staff took back points that a purchase had earned, oldest first."""
    followers = postings_that_refer_to(alliance.book, session, purchase)
    return [posting for posting in followers if posting.content.get("type") == "adjustment"]


def in_order(refunds: Sequence[StoredPosting], corrections: Sequence[StoredPosting]) -> list[StoredPosting]:
    """Both as they were booked."""
    return sorted([*refunds, *corrections], key=lambda posting: posting.id)


def sold_until(purchase: StoredPosting, earlier: Sequence[StoredPosting]) -> Sold:
    """A purchase and what these refunds and corrections, in order, took back of it.

    Points that a correction took are as if they had never been earned.
    """
    lines = decode_lines(str(purchase.content["lines"])) if "lines" in purchase.content else []
    sold = Sold(
        amount_minor=int(purchase.content["amount_minor"]),
        spent=points_spent(purchase.moves),
        earned=points_earned(purchase.moves),
        lines=lines,
        amount_back=0,
        spent_back=0,
        earned_back=0,
        lines_back=frozenset(),
    )
    for refund in earlier:
        taken = refund_figures(refund.moves).earn_taken_back
        if refund.content.get("type") == "adjustment":
            sold = replace(sold, earned=sold.earned - taken)
            continue
        request = _request_of(refund)
        back = _decide(sold, request)
        sold = replace(
            sold,
            amount_back=sold.amount_back + back.amount_minor,
            spent_back=sold.spent_back + back.to_member,
            earned_back=sold.earned_back + taken,
            lines_back=sold.lines_back.union(request.lines),
        )
    return sold


def _decide(sold: Sold, request: RefundRequest) -> RefundedPoints:
    if request.lines:
        left = [line.ref for line in sold.lines if line.ref not in sold.lines_back]
        for ref in request.lines:
            if ref not in left:
                raise LineUnknown(ref, left)
        whole = sum(line.amount_minor for line in sold.lines if line.ref in request.lines)
        if whole < 0:
            raise LinesBelowZero(whole)
        return refund_lines(sold, frozenset(request.lines))
    amount = sold.left_minor if request.amount_minor is None else request.amount_minor
    if amount > sold.left_minor or (not amount and sold.amount_minor):
        raise RefundTooLarge(amount, sold.left_minor) if sold.left_minor else AllRefunded
    return refund_amount(sold, amount)


def _legs(alliance: Alliance, purchase: StoredPosting, refund: RefundedPoints) -> list[Leg]:
    legs: list[Leg] = []
    if refund.to_member:
        legs.append(RefundSpend(purchase.id, refund.to_member))
    if refund.from_member:
        holders, pool = _holders(alliance, str(purchase.content["member"]))
        # A correction that comes in between leaves less to take: what is left then is taken.
        legs.append(RefundEarn(purchase.id, refund.from_member, at_most=True, holders=holders, pool=pool))
    return legs


def _holders(alliance: Alliance, member: str) -> tuple[Sequence[str], Sequence[str]]:
    """Under which ids the points that a member earned may lie since merges, and who else of their household holds some.

    The first of the ids is the member whom they stand for now.
    """
    with alliance.database.engine.connect() as connection:
        now = member_after_merges(connection, alliance.id, member)
        ids = [now.id, *merged_ids(connection, alliance.id, now.id)] if now is not None else [member]
        mates = (
            [] if now is None or now.household is None else household_members(connection, alliance.id, now.household)
        )
    return ids, [mate.id for mate in mates if mate.id not in ids and mate.state is MemberState.ACTIVE]


def _refunds(alliance: Alliance, session: Session, purchase: int) -> list[StoredPosting]:
    """All refunds of a purchase, oldest first: their references count up."""
    refunds: list[StoredPosting] = []
    for start in count(0, AT_ONCE):
        numbers = [_reference(purchase, number) for number in range(start, start + AT_ONCE)]
        some = postings_by_reference(alliance.book, session, numbers)
        refunds += some
        if len(some) < AT_ONCE:
            break
    return refunds


def _reference(purchase: int, number: int) -> str:
    return f"refund:{purchase}:{number}"
