"""Where the price of a pool's points goes with further purchases, in closed form: an outlook, in floats, and no money.

Each purchase puts `put` into the pool P and mints `mint` of money's worth at the price before, so the circulation grows
by the factor 1 + mint ÷ P. Over n purchases that is a product of (x + μ + k) ÷ (x + k) with x = P ÷ put and
μ = mint ÷ put, which is a ratio of gamma functions: a million purchases cost as much as one.
"""

import math
from dataclasses import dataclass

MOST = 10**15
"""Purchases beyond which it counts as never."""
LARGE = 1e6


@dataclass
class PriceAhead:
    """A pool and its points on their way. Money and points as floats."""

    pool: float
    circulation: float
    put: float
    mint: float

    def purchases_until(self, price: float) -> int | None:
        """The fewest purchases after which a point is worth that much; None if it never is."""
        if self._price_after(0) >= price:
            return 0
        if not self.pool or self.mint >= self.put:
            return None
        enough = 1
        while self._price_after(enough) < price:
            enough *= 2
            if enough > MOST:
                return None
        short = enough // 2
        while enough - short > 1:
            middle = (short + enough) // 2
            short, enough = (short, middle) if self._price_after(middle) >= price else (middle, enough)
        return enough

    def buy(self, purchases: int) -> None:
        """Let so many purchases come."""
        self.circulation *= self._growth(purchases)
        self.pool += purchases * self.put

    def sell(self, points: float, pays: float) -> None:
        """Points leave at today's price, of which `pays` is paid."""
        self.pool -= points * self._price_after(0) * pays
        self.circulation = max(self.circulation - points, 0.0)

    def _price_after(self, purchases: int) -> float:
        circulation = self.circulation * self._growth(purchases)
        return (self.pool + purchases * self.put) / circulation if circulation else 0.0

    def _growth(self, purchases: int) -> float:
        """The factor by which the circulation grows."""
        if not purchases:
            return 1.0
        x, more = self.pool / self.put, self.mint / self.put
        return math.exp(_gamma_step(x + purchases, more) - _gamma_step(x, more))


def _gamma_step(x: float, step: float) -> float:
    """ln Γ(x + step) − ln Γ(x); for a large x by its expansion, where the difference would lose its digits."""
    if x > LARGE:
        return step * math.log(x) + step * (step - 1) / (2 * x)
    return math.lgamma(x + step) - math.lgamma(x)
