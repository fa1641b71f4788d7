"""Refund a purchase, whole or in part: read what earlier refunds took back, decide, post.

`coalition.purchases.refund_shares` has the rules of how much goes back.
"""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import takewhile

from coalition.alliance import Alliance
from coalition.members.mates import household_members
from coalition.members.member import MemberState
from coalition.members.store import member_after_merges, merged_ids
from coalition.purchases.bonus_lines import bonuses_to_take_back, meters_of, pots_of
from coalition.purchases.counts_back import cards_to_take_back, counts_to_take_back
from coalition.purchases.find_purchase import FoundPurchase
from coalition.purchases.purchase import parties_of
from coalition.purchases.refund_history import refund_reference, refunds_of, sold_until, with_corrections
from coalition.purchases.refund_shares import REFUND_PREFIX, RefundedPoints, RefundRequest, decide_refund
from coalition.purchases.voided import posting_under
from coalition.refusals import RefusedByBook
from coalition.tills.shift_cache import NOBODY, SoldBy, seller_of
from settlement import KeyReused
from settlement.ledger import (
    Answer,
    CountBack,
    Leg,
    MeterRef,
    Posting,
    PotRef,
    RefundEarn,
    RefundFigures,
    RefundSpend,
    StoredPosting,
    refund_figures,
)

DECIDED = ("cash_back_minor", "refunded_minor")
"""What of a refund's content was not asked for, but decided on what was left of the purchase."""


@dataclass(frozen=True, slots=True)
class BookedRefund:
    """A refund as it was booked, under its public id. `recorded_at` is microseconds since 1970 UTC.

    `cash_back_minor` of the amount is the money that the shop gives back, `points` is what became of the member's
    points. `window_id` is the window that it settles in, `replayed` means that an earlier request booked it. `till` and
    `cashier` are the connected till that booked it and who was signed in there; None where no such till did.
    """

    id: str
    amount_minor: int
    cash_back_minor: int
    points: RefundFigures
    recorded_at: int
    window_id: int
    replayed: bool
    till: str | None = None
    cashier: str | None = None


def refund_purchase(
    alliance: Alliance, purchase: FoundPurchase, key: str, request: RefundRequest, by: SoldBy = NOBODY
) -> BookedRefund:
    """Refund under an idempotency key of the book. Durable when it returns.

    Points that paid go back to the lots they came from; points earned are taken back from where they are, and what the
    member has spent or given away of them becomes a debt. A closed window stays as it is: the refund settles in the
    open one. Raises what speaks against who refunds (unless it was booked before), RefundTooLarge where less is left,
    AllRefunded, LineUnknown, LinesBelowZero, RefusedByBook, and what the poster raises.
    """
    if by.problem is not None and posting_under(alliance, key) is None:
        raise by.problem
    answer = _post_refund(alliance, purchase.posting, key, request, by)
    if answer.refusal is not None:
        raise RefusedByBook(answer.refusal)
    return replace(read_refund(alliance, alliance.posting(answer.posting_id)), replayed=answer.replayed)


def read_refund(alliance: Alliance, posting: StoredPosting) -> BookedRefund:
    """A refund of a purchase as it was booked, of its posting."""
    till, cashier = seller_of(posting.content)
    return BookedRefund(
        id=alliance.programme.ids.public(REFUND_PREFIX, posting.id),
        amount_minor=int(posting.content["refunded_minor"]),
        cash_back_minor=int(posting.content["cash_back_minor"]),
        points=refund_figures(posting.moves),
        recorded_at=posting.recorded_at,
        window_id=posting.window_id,
        replayed=False,
        till=till,
        cashier=cashier,
    )


def _post_refund(alliance: Alliance, purchase: StoredPosting, key: str, request: RefundRequest, by: SoldBy) -> Answer:
    """Decide on what earlier refunds left, and post.

    Each refund of a purchase takes the next number as its reference. Of two at once, one finds its number taken by
    the other, and decides again.
    """
    content: dict[str, str | int] = {
        "type": "refund",
        "purchase": purchase.id,
        **parties_of(purchase.content),
        "under": key,
        **by.content,
    }
    if request.lines:
        content["lines"] = "\n".join(request.lines)
    elif request.amount_minor is not None:
        content["amount_minor"] = request.amount_minor
    pots, meters = pots_of(alliance, purchase.moves), meters_of(alliance, purchase.moves)
    while True:
        with closing(alliance.database.session()) as session:
            refunds = refunds_of(alliance, session, [purchase.id])[purchase.id]
            history = with_corrections(alliance, session, purchase.id, refunds)
        # A retry is decided on what was left when it was first sent.
        earlier = list(takewhile(lambda posting: posting.key != key, history))
        sold = sold_until(purchase, earlier, alliance.minor_per_point, pots)
        refund = decide_refund(sold, request)
        bonuses = bonuses_to_take_back(alliance, purchase, earlier, pots, sold, refund) if pots else {}
        counts: dict[MeterRef, int] = {}
        if meters:
            of_cards, counts = cards_to_take_back(alliance, purchase, earlier, pots, meters, sold, refund)
            bonuses |= of_cards
            counts |= counts_to_take_back(alliance, meters, bonuses)
        content |= {"refunded_minor": refund.amount_minor, "cash_back_minor": refund.cash_minor}
        reference = refund_reference(purchase.id, len(refunds))
        legs = _legs(alliance, purchase, refund, bonuses, counts)
        posting = Posting(key, alliance.clock(), content, legs, reference=reference)
        try:
            return alliance.poster.post(posting)
        except KeyReused as taken:
            if taken.key == key and taken.field in DECIDED:
                # The same may have been asked at the same time, and decided on what another refund left.
                return alliance.poster.post(Posting(key, alliance.clock(), _as_decided(alliance, key, content), ()))
            if taken.key != reference:
                raise


def _as_decided(alliance: Alliance, key: str, content: Mapping[str, str | int]) -> Mapping[str, str | int]:
    """What was asked, with what was decided on it by whoever posted first under this key."""
    first = posting_under(alliance, key)
    decided = {} if first is None else {name: first.content[name] for name in DECIDED if name in first.content}
    return {**{name: value for name, value in content.items() if name not in DECIDED}, **decided}


def _legs(
    alliance: Alliance,
    purchase: StoredPosting,
    refund: RefundedPoints,
    bonuses: Mapping[PotRef, int],
    counts: Mapping[MeterRef, int],
) -> list[Leg]:
    legs: list[Leg] = []
    if refund.to_member:
        legs.append(RefundSpend(purchase.id, refund.to_member))
    if refund.from_member or bonuses or counts:
        holders, pool = _holders(alliance, str(purchase.content["member"]))
        # A correction that comes in between leaves less to take: what is left then is taken.
        if refund.from_member:
            legs.append(RefundEarn(purchase.id, refund.from_member, at_most=True, holders=holders, pool=pool))
        for pot, points in bonuses.items():
            back = RefundEarn(purchase.id, points, at_most=True, holders=holders, pool=pool, out_of=pot)
            legs.append(back)
        legs += [CountBack(purchase.id, meter, amount, holders) for meter, amount in counts.items()]
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
