"""Terms: the rate, the fees and who backs a point. Each lot keeps the terms under which it was issued."""

from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction

from settlement.amounts import BPS, minor_per_point
from settlement.errors import FeeOutOfRange


class Funding(StrEnum):
    """Who pays for a redemption, and when."""

    ON_REDEMPTION = "on_redemption"
    """The issuing shop pays the redeeming shop when its point is spent."""
    ON_ISSUE = "on_issue"
    """The issuing shop pays the pool when it issues; the pool pays whoever redeems."""


class Breakage(StrEnum):
    """Who gets the money behind points that expire (`on_issue` only)."""

    ISSUER = "issuer"
    OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Terms:
    """What a point issued from `effective_at` (microseconds since 1970 UTC) on is worth and costs.

    `points_per_unit` is the fixed rate, more than zero; fees are basis points of the points' value:
    `redeem_fee_bps` is taken from what a redeeming shop gets, `issue_fee_bps` is paid on top by the issuing
    shop, both go to the operator. Raises RateNotPositive and FeeOutOfRange.
    """

    id: int
    effective_at: int
    points_per_unit: Fraction
    minor_digits: int
    funding: Funding = Funding.ON_REDEMPTION
    redeem_fee_bps: int = 0
    issue_fee_bps: int = 0
    breakage_to: Breakage = Breakage.ISSUER

    minor_per_point: Fraction = field(init=False, compare=False)
    """Minor units of money that one point is worth, exactly."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "minor_per_point", minor_per_point(self.points_per_unit, self.minor_digits))
        for name, bps in (("redeem_fee_bps", self.redeem_fee_bps), ("issue_fee_bps", self.issue_fee_bps)):
            if not 0 <= bps <= BPS:
                raise FeeOutOfRange(name, bps)
