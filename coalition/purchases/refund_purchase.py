"""Refund a purchase, whole or in part: read what went back until now, decide, post; again if somebody came between."""

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import count

from coalition.alliance import Alliance
from coalition.errors import CoalitionError
from coalition.purchases.lines import decode_lines
from coalition.purchases.refund import Refund, Sold, refund_amount, refund_lines
from settlement import KeyReused
from settlement.ledger import (
    Answer,
    Leg,
    MoveKind,
    Posting,
    RefundEarn,
    RefundSpend,
    Session,
    StoredPosting,
    posting_by_id,
    postings_by_reference,
)

AT_ONCE = 16
"""How many refunds are looked for at once: few purchases have more."""


class RefundTooLarge(CoalitionError):
    """More than is left of the purchase."""

    def __init__(self, asked_minor: int, left_minor: int) -> None:
        self.asked_minor, self.left_minor = asked_minor, left_minor
        left = f"{left_minor} minor units are left to refund" if left_minor else "all of it was refunded before"
        super().__init__(f"{left}; {asked_minor or 'nothing'} can't be")


class LineUnknown(CoalitionError):
    """A line that the purchase does not have, or that was refunded before."""

    def __init__(self, ref: str, known: Sequence[str]) -> None:
        self.ref, self.known = ref, tuple(known)
        names = ", ".join(known) or "none"
        super().__init__(f"no line {ref!r} is left to refund in this purchase; there are: {names}")


@dataclass(frozen=True, slots=True)
class Asked:
    """What to refund of a purchase: these lines, or an amount in minor units, or (neither given) all that is left."""

    amount_minor: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refunded:
    """The refund as it was booked, and the book's answer."""

    refund: Refund
    answer: Answer


def find_purchase(alliance: Alliance, session: Session, posting_id: int) -> StoredPosting | None:
    """A purchase that the book took; None where the posting is none."""
    found = posting_by_id(alliance.book, session, posting_id)
    if found is None or found.refusal is not None or found.content.get("type") != "purchase":
        return None
    return found


def refund_purchase(alliance: Alliance, purchase: StoredPosting, key: str, asked: Asked) -> Refunded:
    """Refund under an idempotency key. Raises RefundTooLarge, LineUnknown, and what the poster raises.

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
    if asked.lines:
        content["lines"] = "\n".join(asked.lines)
    elif asked.amount_minor is not None:
        content["amount_minor"] = asked.amount_minor
    while True:
        with closing(alliance.database.session()) as session:
            earlier = _refunds(alliance, session, purchase.id)
        before = [one for one in earlier if one.key == key]
        sold = sold_until(purchase, earlier[: earlier.index(before[0])] if before else earlier)
        refund = _decided(sold, asked)
        reference = _reference(purchase.id, len(earlier))
        posting = Posting(key, alliance.clock(), content, _legs(purchase.id, refund), reference=reference)
        try:
            return Refunded(refund, alliance.poster.post(posting))
        except KeyReused as taken:
            if taken.key != reference:
                raise


def sold_until(purchase: StoredPosting, refunds: Sequence[StoredPosting]) -> Sold:
    """A purchase and what these refunds, in order, took back of it."""
    lines = decode_lines(str(purchase.content["lines"])) if "lines" in purchase.content else []
    sold = Sold(
        amount_minor=int(purchase.content["amount_minor"]),
        spent=points(purchase, MoveKind.REDEEM),
        earned=points(purchase, MoveKind.ISSUE, MoveKind.COMPENSATE),
        lines=lines,
        amount_back=0,
        spent_back=0,
        earned_back=0,
        lines_back=frozenset(),
    )
    for one in refunds:
        refs = tuple(str(one.content["lines"]).split("\n")) if "lines" in one.content else ()
        amount = int(one.content["amount_minor"]) if "amount_minor" in one.content else None
        back = _decided(sold, Asked(amount, refs))
        sold = Sold(
            sold.amount_minor,
            sold.spent,
            sold.earned,
            sold.lines,
            sold.amount_back + back.amount_minor,
            sold.spent_back + back.to_member,
            sold.earned_back + back.from_member,
            sold.lines_back.union(refs),
        )
    return sold


def points(posting: StoredPosting, *kinds: MoveKind) -> int:
    """Points that a posting moved by moves of these kinds."""
    return sum(move.amount for move in posting.moves if move.kind in kinds)


def _decided(sold: Sold, asked: Asked) -> Refund:
    if asked.lines:
        left = [line.ref for line in sold.lines if line.ref not in sold.lines_back]
        for ref in asked.lines:
            if ref not in left:
                raise LineUnknown(ref, left)
        return refund_lines(sold, frozenset(asked.lines))
    amount = sold.left_minor if asked.amount_minor is None else asked.amount_minor
    if amount > sold.left_minor or (not amount and sold.amount_minor):
        raise RefundTooLarge(amount, sold.left_minor)
    return refund_amount(sold, amount)


def _legs(of: int, refund: Refund) -> list[Leg]:
    legs: list[Leg] = []
    if refund.to_member:
        legs.append(RefundSpend(of, refund.to_member))
    if refund.from_member:
        legs.append(RefundEarn(of, refund.from_member))
    return legs


def _refunds(alliance: Alliance, session: Session, purchase: int) -> list[StoredPosting]:
    """All refunds of a purchase, oldest first: their references count up."""
    found: list[StoredPosting] = []
    for start in count(0, AT_ONCE):
        numbers = [_reference(purchase, number) for number in range(start, start + AT_ONCE)]
        there = postings_by_reference(alliance.book, session, numbers)
        found += there
        if len(there) < AT_ONCE:
            break
    return found


def _reference(purchase: int, number: int) -> str:
    return f"refund:{purchase}:{number}"
