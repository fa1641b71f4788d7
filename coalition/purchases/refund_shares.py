"""A refund: how many points go back each way. Pure rules.

A purchase of `amount_minor` spent S points and earned E. After refunds of R in all, floor(S × R ÷ amount) points have
come back to the member, and the member has kept floor(E × (amount − R) ÷ amount) of those earned; each refund moves
the difference to what the refunds before it moved, so any sequence of parts ends where one full refund ends. A line
gives back what that very line earned.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from coalition.purchases.lines import SaleLine, earned_by_line

REFUND_PREFIX = "ref"
"""What the public id of a refund begins with."""


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold, and what went back of it until now. Amounts in minor units, points whole.

    `earned` is what it earned less what staff corrected since, so that less may be left than went back already.
    `lines_back` are the refs of lines that were refunded one by one.
    """

    amount_minor: int
    spent: int
    earned: int
    lines: Sequence[SaleLine]
    amount_back: int
    spent_back: int
    earned_back: int
    lines_back: frozenset[str]

    @property
    def earned_left(self) -> int:
        """Points earned that can still be taken back."""
        return max(0, self.earned - self.earned_back)

    @property
    def left_minor(self) -> int:
        """What can still be refunded."""
        return self.amount_minor - self.amount_back


@dataclass(frozen=True, slots=True)
class RefundedPoints:
    """What a refund moves: money that the shop gives back, points back to the member, points taken from them."""

    amount_minor: int
    to_member: int
    from_member: int


def refund_amount(sold: Sold, amount_minor: int) -> RefundedPoints:
    """Refund a part by its amount, at most what is left."""
    back = sold.amount_back + amount_minor
    to_member = max(0, sold.spent * back // max(sold.amount_minor, 1) - sold.spent_back)
    keeps = sold.earned * (sold.amount_minor - back) // max(sold.amount_minor, 1)
    from_member = max(0, sold.earned - sold.earned_back - keeps)
    return _at_the_end(sold, RefundedPoints(amount_minor, to_member, from_member))


def refund_lines(sold: Sold, refs: frozenset[str]) -> RefundedPoints:
    """Refund these lines whole, coupons among them included, but no more than the amount that is left."""
    shares = earned_by_line(sold.lines, sold.earned)
    amount = min(sum(line.amount_minor for line in sold.lines if line.ref in refs), sold.left_minor)
    earned = sum(share for line, share in zip(sold.lines, shares, strict=True) if line.ref in refs)
    to_member = max(0, sold.spent * (sold.amount_back + amount) // max(sold.amount_minor, 1) - sold.spent_back)
    return _at_the_end(sold, RefundedPoints(amount, to_member, min(max(0, earned), sold.earned_left)))


def _at_the_end(sold: Sold, refund: RefundedPoints) -> RefundedPoints:
    """Whatever rounding left over goes with the last part."""
    if refund.amount_minor < sold.left_minor:
        return refund
    return RefundedPoints(refund.amount_minor, sold.spent - sold.spent_back, sold.earned_left)
