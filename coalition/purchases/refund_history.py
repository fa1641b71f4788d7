"""What earlier refunds and corrections took back of a purchase: each refund is found by its number."""

from collections.abc import Callable, Container, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import count

from coalition.alliance import Alliance
from coalition.purchases.lines import decode_lines
from coalition.purchases.purchase import points_earned
from coalition.purchases.refund_shares import PaidPart, Sold
from settlement.ledger import (
    MoveKind,
    Session,
    StoredPosting,
    postings_by_reference,
    postings_that_refer_to,
    refund_figures,
)

AT_ONCE = 16
"""How many refunds of a purchase are read at once: few have more."""


def refund_reference(purchase: int, number: int) -> str:
    """The reference of a purchase's refund of a number: they count up from zero, so that each is made once."""
    return f"refund:{purchase}:{number}"


def refunds_of(alliance: Alliance, session: Session, purchases: Sequence[int]) -> dict[int, list[StoredPosting]]:
    """All refunds of these purchases, oldest first."""
    refunds: dict[int, list[StoredPosting]] = {purchase: [] for purchase in purchases}
    left = list(purchases)
    for start in count(0, AT_ONCE):
        numbers = [refund_reference(id_, number) for id_ in left for number in range(start, start + AT_ONCE)]
        for refund in postings_by_reference(alliance.book, session, numbers):
            refunds[int(refund.content["purchase"])].append(refund)
        left = [id_ for id_ in left if len(refunds[id_]) == start + AT_ONCE]
        if not left:
            break
    return refunds


def refunded_minor(refunds: Sequence[StoredPosting]) -> int:
    """How much of a purchase's amount these refunds gave back."""
    return sum(int(refund.content["refunded_minor"]) for refund in refunds)


def refunded_lines(refund: StoredPosting) -> Sequence[str]:
    """The refs of the lines that a refund gave back whole; none where it gave back an amount."""
    return str(refund.content["lines"]).split("\n") if "lines" in refund.content else []


def with_corrections(
    alliance: Alliance, session: Session, purchase: int, refunds: Sequence[StoredPosting]
) -> list[StoredPosting]:
    """These refunds, and the postings by which staff took points of the purchase back, as they were booked."""
    followers = postings_that_refer_to(alliance.book, session, purchase)
    corrections = [posting for posting in followers if posting.content.get("type") == "adjustment"]
    return sorted([*refunds, *corrections], key=lambda posting: posting.id)


def sold_until(
    purchase: StoredPosting,
    earlier: Sequence[StoredPosting],
    minor_per_point: Callable[[int], Fraction],
    pots: Container[int] = (),
) -> Sold:
    """A purchase and what these refunds and corrections took back of it.

    Points that a correction took are as if they had never been earned. `minor_per_point` gives what a point under some
    terms is worth. What came out of these `pots` (accounts) is no part of it: bonuses go back by rules of their own.
    """
    spends = [move for move in reversed(purchase.moves) if move.kind == MoveKind.REDEEM]
    sold = Sold(
        amount_minor=int(purchase.content["amount_minor"]),
        paid=[PaidPart(move.amount, minor_per_point(move.terms_id)) for move in spends],
        earned=points_earned(move for move in purchase.moves if move.debit not in pots),
        lines=decode_lines(str(purchase.content["lines"])) if "lines" in purchase.content else [],
    )
    for posting in earlier:
        figures = refund_figures(move for move in posting.moves if move.credit not in pots)
        if posting.content.get("type") == "adjustment":
            sold = replace(sold, earned=sold.earned - figures.earn_taken_back)
            continue
        sold = replace(
            sold,
            amount_back=sold.amount_back + int(posting.content["refunded_minor"]),
            spent_back=sold.spent_back + figures.returned + figures.expired,
            cash_back=sold.cash_back + int(posting.content["cash_back_minor"]),
            earned_back=sold.earned_back + figures.earn_taken_back,
            lines_back=sold.lines_back.union(refunded_lines(posting)),
        )
    return sold
