"""The base rate: points for each unit of money, the same at every shop and hour."""

from dataclasses import dataclass
from fractions import Fraction

from coalition.earning.rates import parse_rate
from coalition.earning.rule import Parameters, RuleInvalid, Sale
from settlement import Phrase

KIND = "base_rate"


@dataclass(frozen=True, slots=True)
class BaseRate:
    """Points for a whole unit of money, exact."""

    points_per_unit: Fraction

    def points(self, sale: Sale, earning_minor: Fraction) -> int:
        """The whole points of the exact product; what is left of a point is not kept."""
        rate = self.points_per_unit
        minor = earning_minor.denominator * sale.minor_per_unit
        return earning_minor.numerator * rate.numerator // (minor * rate.denominator)


def read(parameters: Parameters) -> BaseRate:
    """A base rate of `points_per_unit`, zero or more. Raises RuleInvalid."""
    if set(parameters) != {"points_per_unit"}:
        raise RuleInvalid(Phrase("base_rate takes points_per_unit and nothing else"))
    rate = parse_rate(parameters["points_per_unit"])
    if rate < 0:
        raise RuleInvalid(Phrase("points_per_unit must not be negative, not {rate}", rate=rate))
    return BaseRate(rate)
