"""Appreciation as a crowd: the pool, and the points of all members, in floats."""

import numpy as np
from numpy.typing import NDArray

from coalition.lab.crowd import Floats, MonthEnd, ratio
from coalition.lab.params import Params

Mask = NDArray[np.bool_]


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

    def run_on(self, share: float) -> Floats:
        holds = self.points[:, : self.joined] > 0
        sells = holds & (self.random.random(holds.shape) < share)
        promised = (self.spent[:, : self.joined] * sells).sum(axis=1) * self.multiple * self.pays
        before = self.pool
        self._sell(sells)
        return ratio(before - self.pool, promised)

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
            self.pool.copy(),
        )

    def _sell(self, sellers: Mask) -> None:
        points = (self.points[:, : self.joined] * sellers).sum(axis=1)
        self.cash[:, : self.joined] += self.points[:, : self.joined] * sellers * (self.price * self.pays)[:, None]
        self.pool = self.pool - points * self.price * self.pays
        self.circulation = np.maximum(self.circulation - points, 0)
        self.points[:, : self.joined][sellers] = 0
        self.trigger[:, : self.joined][sellers] = np.inf
        self._reprice()

    def _reprice(self) -> None:
        # What rounding leaves of a circulation that was sold out counts as nothing.
        circulates = self.circulation > 1e-9
        self.price = np.divide(self.pool, self.circulation, out=self.price.copy(), where=circulates)


def _pool_rate(params: Params) -> float:
    """The pool's share of a purchase; in the chain, of the package."""
    if "pool_rate" in params.text:
        return float(params["pool_rate"])
    return float(params["appreciation_part"] / params["package"])
