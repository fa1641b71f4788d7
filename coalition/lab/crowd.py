"""What the simulation needs of a scheme: a crowd, which is many runs of the scheme at once, in floats.

A scheme that can grow offers one by `Scheme.crowd`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coalition.lab.params import Params

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class MonthEnd:
    """The figures at the end of a month, one for each run. Not a number where there is none."""

    price: Floats
    coverage: Floats
    got_back: Floats
    held: Floats


class Crowd(Protocol):
    """One model in the simulation."""

    def join(self, amounts: Floats) -> None:
        """Entrants of a month buy: runs × entrants, 0 where a run has fewer."""

    def run_on(self, share: float) -> Floats:
        """That share of the holders, chosen at random, sells everything. Returns what share they got of what they were
        promised; not a number where nobody sold."""

    def month_end(self) -> MonthEnd:
        """Settle what is due, and give the figures."""


MakeCrowd = Callable[[Params, int, int, np.random.Generator], Crowd]
"""From parameters, runs, columns for all entrants, and random numbers."""


def ratio(part: Floats, whole: Floats) -> Floats:
    """part ÷ whole, not a number where whole is 0."""
    ratios: Floats = np.full(part.shape, np.nan)
    return np.divide(part, whole, out=ratios, where=whole > 0)
