"""A refund: how much money and how many points go back each way. Pure rules.

A purchase of `amount_minor` was paid with points worth V and with cash, and earned E. After refunds of R in all, points
worth at most V × R ÷ amount have come back to the member, those that were taken last first, and the member has kept
floor(E × (amount − R) ÷ amount) of those earned. The shop gives back in cash what the points are short of R, rounded
down and at most what was paid in cash, so that both together are never worth more than R. Each refund moves the
difference to what the refunds before it moved, so any sequence of parts ends where one full refund ends. A line gives
back what that very line earned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from coalition.purchases.errors import AllRefunded, LinesBelowZero, LineUnknown, RefundTooLarge
from coalition.purchases.lines import SaleLine, earned_by_line, earning_part

REFUND_PREFIX = "ref"
"""What the public id of a refund begins with."""


class PaidPart(NamedTuple):
    """Points of one rate that paid for a part of a purchase."""

    points: int
    minor_per_point: Fraction


@dataclass(frozen=True, slots=True)
class Sold:
    """What was sold, and what went back of it until now. Amounts in minor units, points whole.

    `paid` are the points that paid, those first that go back first. `earned` is what it earned by the base rate less
    what staff corrected since, so that less may be left than went back already. `lines_back` are the refs of lines
    that were refunded one by one.
    """

    amount_minor: int
    paid: Sequence[PaidPart]
    earned: int
    lines: Sequence[SaleLine]
    amount_back: int = 0
    spent_back: int = 0
    cash_back: int = 0
    earned_back: int = 0
    lines_back: frozenset[str] = frozenset()

    @property
    def spent(self) -> int:
        """Points that paid."""
        return sum(part.points for part in self.paid)

    @property
    def cash_minor(self) -> int:
        """What was paid in money."""
        return self.amount_minor - floor(_worth(self.paid, self.spent))

    @property
    def earning_minor(self) -> Fraction:
        """What earned: the part that was paid in money, as far as its lines earn. Exact minor units."""
        cash = self.amount_minor - _worth(self.paid, self.spent)
        return min(cash, Fraction(earning_part(self.amount_minor, self.lines)))

    @property
    def earned_left(self) -> int:
        """Points earned that can still be taken back."""
        return max(0, self.earned - self.earned_back)

    @property
    def left_minor(self) -> int:
        """What can still be refunded."""
        return self.amount_minor - self.amount_back


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """What to refund of a purchase: these lines, or an amount in minor units, or (neither given) all that is left."""

    amount_minor: int | None = None
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RefundedPoints:
    """What a refund moves. `cash_minor` of the amount is what the shop gives back in money.

    `to_member` are points that had paid, `from_member` points that had been earned.
    """

    amount_minor: int
    to_member: int
    from_member: int
    cash_minor: int


def decide_refund(sold: Sold, request: RefundRequest) -> RefundedPoints:
    """What a request refunds of what is left.

    Raises RefundTooLarge where less is left than was asked for, AllRefunded, LineUnknown, LinesBelowZero.
    """
    if request.lines:
        return _refund_lines(sold, request.lines)
    amount = sold.left_minor if request.amount_minor is None else request.amount_minor
    if amount > sold.left_minor or (not amount and sold.amount_minor):
        raise RefundTooLarge(amount, sold.left_minor) if sold.left_minor else AllRefunded
    keeps = sold.earned * (sold.left_minor - amount) // max(sold.amount_minor, 1)
    return _refunded(sold, amount, sold.earned - sold.earned_back - keeps)


def _refund_lines(sold: Sold, refs: Sequence[str]) -> RefundedPoints:
    """These lines whole, coupons among them included."""
    left = [line.ref for line in sold.lines if line.ref not in sold.lines_back]
    for ref in refs:
        if ref not in left:
            raise LineUnknown(ref, left)
    shares = earned_by_line(sold.lines, sold.earned)
    amount = sum(line.amount_minor for line in sold.lines if line.ref in refs)
    if amount < 0:
        raise LinesBelowZero(amount)
    if amount > sold.left_minor:
        raise RefundTooLarge(amount, sold.left_minor)
    return _refunded(
        sold, amount, sum(share for line, share in zip(sold.lines, shares, strict=True) if line.ref in refs)
    )


def _refunded(sold: Sold, amount_minor: int, from_member: int) -> RefundedPoints:
    """What goes back with an amount. Whatever rounding left over goes with the last part."""
    if amount_minor == sold.left_minor:
        return RefundedPoints(
            amount_minor, sold.spent - sold.spent_back, sold.earned_left, sold.cash_minor - sold.cash_back
        )
    back = sold.amount_back + amount_minor
    share = _worth(sold.paid, sold.spent) * back / sold.amount_minor
    points = max(sold.spent_back, _points_of_worth(sold.paid, min(share, Fraction(back - sold.cash_back))))
    cash = min(sold.cash_minor, back - ceil(_worth(sold.paid, points)))
    return RefundedPoints(
        amount_minor,
        points - sold.spent_back,
        min(max(0, from_member), sold.earned_left),
        max(0, cash - sold.cash_back),
    )


def _worth(paid: Sequence[PaidPart], points: int) -> Fraction:
    """What the first `points` of these are worth, in minor units."""
    worth = Fraction(0)
    for part in paid:
        counted = min(part.points, points)
        worth += counted * part.minor_per_point
        points -= counted
    return worth


def _points_of_worth(paid: Sequence[PaidPart], minor: Fraction) -> int:
    """How many of the first of these are worth at most `minor`."""
    points = 0
    for part in paid:
        counted = min(part.points, floor(minor / part.minor_per_point))
        points += counted
        minor -= counted * part.minor_per_point
        if counted < part.points:
            break
    return points
