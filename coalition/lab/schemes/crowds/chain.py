"""The chain as a crowd: everybody is recruited by a random earlier member, run by run, member by member.

Left out: ranks, regions and the options against dead lines; and what is frozen stays frozen. The package's
points pool is the appreciation crowd.
"""

import numpy as np
from numpy.typing import NDArray

from coalition.lab.crowd import Floats, MonthEnd, ratio
from coalition.lab.params import Params
from coalition.lab.schemes.chain_lines import RECRUITS_TO_BOSS
from coalition.lab.schemes.crowds.appreciation import AppreciationCrowd

Ints = NDArray[np.int64]
NOBODY = -1


class ChainCrowd:
    """Roles, teams and earnings of all members; a member is a column, NOBODY where there is none."""

    def __init__(self, params: Params, runs: int, members: int, random: np.random.Generator) -> None:
        self.random = random
        self.package, self.dividend = float(params["package"]), float(params["dividend_part"])
        self.agent_pay, self.boss_pay = float(params["agent_pay"]), float(params["boss_pay"])
        self.below_pay, self.again = float(params["below_pay"]), float(params["boss_referrer_rate"])
        self.paid_now = 1 - float(params["frozen_share"])
        self.pool = AppreciationCrowd(params, runs, members, random)
        shape = (runs, members)
        self.order = np.full(shape, NOBODY)
        self.count = np.zeros(runs, dtype=np.int64)
        self.referrer, self.upline = np.full(shape, NOBODY), np.full(shape, NOBODY)
        self.first, self.second = np.full(shape, NOBODY), np.full(shape, NOBODY)
        self.recruits = np.zeros(shape, dtype=np.int64)
        self.boss = np.zeros(shape, dtype=bool)
        self.earned = np.zeros(shape)

    def join(self, amounts: Floats) -> None:
        start = self.pool.joined
        self.pool.join(np.where(amounts > 0, self.package, 0.0))
        for offset in range(amounts.shape[1]):
            rows = np.flatnonzero(amounts[:, offset] > 0)
            self._recruit(rows[self.count[rows] > 0], start + offset)
            self.order[rows, self.count[rows]] = start + offset
            self.count[rows] += 1

    def run_on(self, share: float) -> Floats:
        return self.pool.run_on(share)

    def month_end(self) -> MonthEnd:
        pool = self.pool.month_end()
        here = slice(0, self.pool.joined)
        bought = self.pool.spent[:, here] > 0
        got = self.earned[:, here] * self.paid_now + self.pool.cash[:, here]
        owed = (np.maximum(self.package - got, 0) * bought).sum(axis=1)
        frozen = self.earned.sum(axis=1) * (1 - self.paid_now)
        held = self.pool.pool + frozen + self.count * self.dividend
        kept = ((got >= self.package) & bought).sum(axis=1).astype(float)
        return MonthEnd(pool.price, ratio(held, owed), ratio(kept, self.count.astype(float)), held)

    def _recruit(self, rows: Ints, new: int) -> None:
        """In each of these runs a random earlier member sells the package to the new one."""
        seller = self.order[rows, (self.random.random(len(rows)) * self.count[rows]).astype(np.int64)]
        self.referrer[rows, new] = self.upline[rows, new] = seller
        self.recruits[rows, seller] += 1
        number = self.recruits[rows, seller]
        for place, recruits in ((1, self.first), (2, self.second)):
            recruits[rows[number == place], seller[number == place]] = new
        promoted = (number == RECRUITS_TO_BOSS) & ~self.boss[rows, seller]
        self._promote(rows[promoted], seller[promoted])
        bosses = self.boss[rows, seller]
        self._pay_boss(rows[bosses], seller[bosses], self.boss_pay)
        self.earned[rows[~bosses], seller[~bosses]] += self.agent_pay
        self._pay_boss_above(rows[~bosses], seller[~bosses])

    def _promote(self, rows: Ints, seller: Ints) -> None:
        above = self.upline[rows, seller]
        for recruits in (self.first, self.second):
            left = recruits[rows, seller]
            agent = ~self.boss[rows, left]
            self.upline[rows[agent], left[agent]] = above[agent]
        self.boss[rows, seller] = True
        self.upline[rows, seller] = NOBODY

    def _pay_boss(self, rows: Ints, boss: Ints, amount: float) -> None:
        self.earned[rows, boss] += amount
        referrer = self.referrer[rows, boss]
        shares = (referrer != NOBODY) & self.boss[rows, referrer]
        self.earned[rows[shares], referrer[shares]] += amount * self.again

    def _pay_boss_above(self, rows: Ints, seller: Ints) -> None:
        above = self.upline[rows, seller]
        while len(rows):
            rows, above = rows[above != NOBODY], above[above != NOBODY]
            is_boss = self.boss[rows, above]
            self._pay_boss(rows[is_boss], above[is_boss], self.below_pay)
            rows, above = rows[~is_boss], self.upline[rows[~is_boss], above[~is_boss]]
