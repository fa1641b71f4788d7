"""The fixed-rate coalition as a crowd."""

import numpy as np

from coalition.lab.crowd import Floats, MonthEnd, ratio
from coalition.lab.params import Params


class CoalitionCrowd:
    """Every point is paid for when it is given: there is nothing to simulate but the people."""

    def __init__(self, _params: Params, runs: int, _members: int, _random: np.random.Generator) -> None:
        self.people = np.zeros(runs)

    def join(self, amounts: Floats) -> None:
        self.people += (amounts > 0).sum(axis=1)

    def run_on(self, share: float) -> Floats:  # noqa: ARG002
        """Whoever spends is paid in full; nothing changes for the others."""
        return np.ones(self.people.shape)

    def month_end(self) -> MonthEnd:
        covered = ratio(self.people, self.people)
        return MonthEnd(np.ones(self.people.shape), covered, covered, self.people.copy())
