"""What a growth experiment gives: quantiles of the runs, month by month. Reading it needs no numpy."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coalition.lab.growth import Growth

if TYPE_CHECKING:
    from coalition.lab.crowd import Floats

QUANTILES = (5, 25, 50, 75, 95)

FIGURES = ("price", "coverage", "got_back", "held")


@dataclass(frozen=True)
class Simulation:
    """Quantiles by month: figure → months × QUANTILES, not a number before there is any.

    `sellers_got` are the quantiles of the share that the sellers of the run got of what they were promised.
    """

    growth: Growth
    entrants: tuple[float, ...]
    quantiles: "dict[str, Floats]"
    sellers_got: "Floats | None" = None
