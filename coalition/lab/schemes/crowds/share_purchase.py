"""Share purchase as a crowd: the totals of all holders, day by day, in floats."""

import numpy as np

from coalition.lab.crowd import Floats, MonthEnd, ratio
from coalition.lab.params import Params


class SharePurchaseCrowd:
    """Share value turns into points day by day; all of it shrinks by the same factor, so totals are enough.

    Assumes that the price stays, that shops pay in the concession as they sell, and 30 days to a month.
    """

    days_of_month = 30

    def __init__(
        self, params: Params, runs: int, _members: int, _random: np.random.Generator, *, value_times: int
    ) -> None:
        """`value_times` is the share value that a purchase makes, as a multiple of its concession."""
        self.value_times = value_times
        self.concession, self.price = float(params["concession"]), float(params["price"])
        self.issue = float(params["total_points"] / params["issue_days"])
        self.days_left = int(params["issue_days"])
        self.value, self.points, self.held = np.zeros(runs), np.zeros(runs), np.zeros(runs)
        self.people, self.kept = np.zeros(runs), np.zeros(runs)

    def join(self, amounts: Floats) -> None:
        spent = amounts.sum(axis=1)
        self.value += spent * self.concession * self.value_times
        self.held += spent * self.concession
        self.people += (amounts > 0).sum(axis=1)

    def run_on(self, share: float) -> Floats:
        sold = np.minimum(self.points * share, self.held / self.price)
        got = ratio(sold, self.points * share)
        self.points -= sold
        self.held -= sold * self.price
        return got

    def month_end(self) -> MonthEnd:
        for _ in range(min(self.days_of_month, self.days_left)):
            self.points += np.where(self.value > 0, self.issue, 0.0)
            self.value = np.maximum(self.value - self.issue * self.price, 0)
        self.days_left = max(self.days_left - self.days_of_month, 0)
        self.kept = np.where(self.value == 0, self.people, self.kept)
        price = np.full(self.value.shape, self.price)
        owed = self.value + self.points * self.price
        return MonthEnd(price, ratio(self.held, owed), ratio(self.kept, self.people), self.held.copy())
