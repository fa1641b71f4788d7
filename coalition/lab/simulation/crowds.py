"""The models as crowds, for the simulation: the same rules, in floats, for many runs at once."""

import numpy as np
from numpy.typing import NDArray

from coalition.lab.scheme import Params
from coalition.lab.schemes.share_purchase import BUYER_TIMES, SHOP_TIMES
from coalition.lab.simulation.montecarlo import Floats, MonthEnd

Mask = NDArray[np.bool_]


def ratio(part: Floats, whole: Floats) -> Floats:
    """part ÷ whole, not a number where whole is 0."""
    found: Floats = np.full(part.shape, np.nan)
    return np.divide(part, whole, out=found, where=whole > 0)


class AppreciationCrowd:
    """Pool, circulation and price of each run; points, spending and state of each member."""

    def __init__(self, params: Params, runs: int, members: int, random: np.random.Generator) -> None:
        self.random = random
        self.pool_rate = _pool_rate(params)
        rate = float(params["mint_rate"])
        self.mint_share = rate if rate <= self.pool_rate else rate * self.pool_rate
        self.multiple, self.pays = float(params["exit_multiple"]), 1 - float(params["hold_back"])
        self.pool, self.circulation, self.price = np.zeros(runs), np.zeros(runs), np.ones(runs)
        self.points, self.spent = np.zeros((runs, members)), np.zeros((runs, members))
        self.cash = np.zeros((runs, members))
        self.trigger = np.full((runs, members), np.inf)
        self.exited: Mask = np.zeros((runs, members), dtype=bool)
        self.joined = 0

    def join(self, amounts: Floats) -> None:
        """Members buy one after another, each at the price that the one before has left.

        With pool P and circulation C, minting m · a ÷ (P ÷ C) makes C grow by the factor 1 + m · a ÷ P: a
        running product. The very first purchase of a run finds an empty pool and mints at 1.
        """
        put = amounts * self.pool_rate
        before = self.pool[:, None] + np.cumsum(put, axis=1) - put
        minted = np.zeros_like(amounts)
        first = (before == 0) & (put > 0)
        minted[first] = amounts[first] * self.mint_share
        grows = 1 + np.divide(amounts * self.mint_share, before, out=np.zeros_like(put), where=before > 0)
        started = np.where(self.circulation > 0, self.circulation, minted.sum(axis=1))
        after = started[:, None] * np.cumprod(grows, axis=1)
        minted = np.where(first, minted, after - after / grows)
        here = slice(self.joined, self.joined + amounts.shape[1])
        self.joined += amounts.shape[1]
        self.points[:, here], self.spent[:, here] = minted, amounts
        self.pool += put.sum(axis=1)
        self.circulation = np.where(amounts.any(axis=1), after[:, -1], self.circulation)
        bought = minted > 0
        self.trigger[:, here][bought] = self.multiple * amounts[bought] / minted[bought]
        self._reprice()

    def run_on(self, share: float) -> None:
        holds = self.points[:, : self.joined] > 0
        self._sell(holds & (self.random.random(holds.shape) < share))

    def month_end(self) -> MonthEnd:
        while (due := self.trigger[:, : self.joined] <= self.price[:, None]).any():
            self.exited[:, : self.joined] |= due
            self._sell(due)
        holds = np.isfinite(self.trigger[:, : self.joined])
        owed = (self.spent[:, : self.joined] * holds).sum(axis=1) * self.multiple * self.pays
        people = (self.spent[:, : self.joined] > 0).sum(axis=1).astype(float)
        return MonthEnd(
            self.price.copy(),
            ratio(self.pool, owed),
            ratio(self.exited[:, : self.joined].sum(axis=1).astype(float), people),
        )

    def _sell(self, who: Mask) -> None:
        points = (self.points[:, : self.joined] * who).sum(axis=1)
        self.cash[:, : self.joined] += self.points[:, : self.joined] * who * (self.price * self.pays)[:, None]
        self.pool -= points * self.price * self.pays
        self.circulation = np.maximum(self.circulation - points, 0)
        self.points[:, : self.joined][who] = 0
        self.trigger[:, : self.joined][who] = np.inf
        self._reprice()

    def _reprice(self) -> None:
        # What rounding leaves of a circulation that was sold out counts as nothing.
        there = self.circulation > 1e-9
        self.price = np.divide(self.pool, self.circulation, out=self.price.copy(), where=there)


def _pool_rate(params: Params) -> float:
    """The pool's share of a purchase; in the chain, of the package."""
    if "pool_rate" in params.text:
        return float(params["pool_rate"])
    return float(params["appreciation_part"] / params["package"])


class SharePurchaseCrowd:
    """Share value turns into points day by day; all of it shrinks by the same factor, so totals are enough.

    Assumes that the price stays, that shops pay in the concession as they sell, and 30 days to a month.
    """

    days_of_month = 30

    def __init__(self, params: Params, runs: int, _members: int, _random: np.random.Generator) -> None:
        self.concession, self.price = float(params["concession"]), float(params["price"])
        self.issue = float(params["total_points"] / params["issue_days"])
        self.days_left = int(params["issue_days"])
        self.value, self.points, self.there = np.zeros(runs), np.zeros(runs), np.zeros(runs)
        self.people, self.kept = np.zeros(runs), np.zeros(runs)

    def join(self, amounts: Floats) -> None:
        spent = amounts.sum(axis=1)
        self.value += spent * self.concession * (BUYER_TIMES + SHOP_TIMES)
        self.there += spent * self.concession
        self.people += (amounts > 0).sum(axis=1)

    def run_on(self, share: float) -> None:
        sold = np.minimum(self.points * share, self.there / self.price)
        self.points -= sold
        self.there -= sold * self.price

    def month_end(self) -> MonthEnd:
        for _ in range(min(self.days_of_month, self.days_left)):
            self.points += np.where(self.value > 0, self.issue, 0.0)
            self.value = np.maximum(self.value - self.issue * self.price, 0)
        self.days_left = max(self.days_left - self.days_of_month, 0)
        self.kept = np.where(self.value == 0, self.people, self.kept)
        price = np.full(self.value.shape, self.price)
        owed = self.value + self.points * self.price
        return MonthEnd(price, ratio(self.there, owed), ratio(self.kept, self.people))


class PackagesCrowd:
    """Members put all their power into packages again, as they are told to; it multiplies every month.

    Only on the day of the run do holders turn power into vouchers, at the highest fee, all paid in the same
    proportion from what is there.
    """

    def __init__(self, params: Params, runs: int, members: int, random: np.random.Generator) -> None:
        self.random = random
        self.returns, self.pays = float(params["package_return"]), 1 - float(params["voucher_fee_low"])
        self.power, self.paid_in = np.zeros((runs, members)), np.zeros((runs, members))
        self.got, self.there = np.zeros((runs, members)), np.zeros(runs)
        self.joined = 0

    def join(self, amounts: Floats) -> None:
        here = slice(self.joined, self.joined + amounts.shape[1])
        self.joined += amounts.shape[1]
        self.power[:, here], self.paid_in[:, here] = amounts, amounts
        self.there += amounts.sum(axis=1)

    def run_on(self, share: float) -> None:
        sells = self.random.random(self.power.shape) < share
        asked = self.power * sells * self.pays
        paid = np.minimum(np.nan_to_num(ratio(self.there, asked.sum(axis=1))), 1)
        self.got += asked * paid[:, None]
        self.there -= (asked * paid[:, None]).sum(axis=1)
        self.power[sells] = 0

    def month_end(self) -> MonthEnd:
        self.power *= self.returns
        people = (self.paid_in > 0).sum(axis=1).astype(float)
        kept = ((self.got >= self.paid_in * self.returns) & (self.paid_in > 0)).sum(axis=1).astype(float)
        nothing = np.full(people.shape, np.nan)
        return MonthEnd(nothing, ratio(self.there, self.power.sum(axis=1)), ratio(kept, people))


class CoalitionCrowd:
    """Every point is paid for when it is given: there is nothing to simulate but the people."""

    def __init__(self, _params: Params, runs: int, _members: int, _random: np.random.Generator) -> None:
        self.people = np.zeros(runs)

    def join(self, amounts: Floats) -> None:
        self.people += (amounts > 0).sum(axis=1)

    def run_on(self, share: float) -> None:
        """Whoever spends is paid in full; nothing changes for the others."""

    def month_end(self) -> MonthEnd:
        covered = ratio(self.people, self.people)
        return MonthEnd(np.ones(self.people.shape), covered, covered)
