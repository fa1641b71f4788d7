"""Consumption packages as a crowd: the power of all members, in floats."""

import numpy as np

from coalition.lab.crowd import Floats, MonthEnd, ratio
from coalition.lab.params import Params


class PackagesCrowd:
    """Members put all their power into packages again, as they are told to; it multiplies every month.

    Only on the day of the run do holders turn power into vouchers, at the highest fee, all paid in the same
    proportion from what is there.
    """

    def __init__(self, params: Params, runs: int, members: int, random: np.random.Generator) -> None:
        self.random = random
        self.returns, self.pays = float(params["package_return"]), 1 - float(params["voucher_fee_low"])
        self.power, self.paid_in = np.zeros((runs, members)), np.zeros((runs, members))
        self.got, self.held = np.zeros((runs, members)), np.zeros(runs)
        self.joined = 0

    def join(self, amounts: Floats) -> None:
        here = slice(self.joined, self.joined + amounts.shape[1])
        self.joined += amounts.shape[1]
        self.power[:, here], self.paid_in[:, here] = amounts, amounts
        self.held += amounts.sum(axis=1)

    def run_on(self, share: float) -> Floats:
        sells = self.random.random(self.power.shape) < share
        asked = self.power * sells * self.pays
        paid = np.minimum(np.nan_to_num(ratio(self.held, asked.sum(axis=1))), 1)
        self.got += asked * paid[:, None]
        self.held -= (asked * paid[:, None]).sum(axis=1)
        self.power[sells] = 0
        return paid * self.pays

    def month_end(self) -> MonthEnd:
        self.power *= self.returns
        people = (self.paid_in > 0).sum(axis=1).astype(float)
        kept = ((self.got >= self.paid_in * self.returns) & (self.paid_in > 0)).sum(axis=1).astype(float)
        nothing = np.full(people.shape, np.nan)
        return MonthEnd(nothing, ratio(self.held, self.power.sum(axis=1)), ratio(kept, people), self.held.copy())
