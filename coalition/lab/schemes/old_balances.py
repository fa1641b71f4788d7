"""Balances of an older scheme, released in stages as the price of the new one's points rises.

A balance is an amount of money. Each time the price has risen by `release_step` over the last stage's, the
scheme mints points worth `release_share` of every balance, at that price and without any money behind them: so
each stage pushes the price down again.
"""

from dataclasses import dataclass, field

from coalition.lab.numbers import ONE, ZERO, Exact
from coalition.lab.params import Param, Params
from coalition.lab.scheme import Debt, EventKind, Paid
from coalition.locale.messages import N_

RELEASE_PARAMS = (
    Param("release_step", "0.1", "positive", N_("rise of the price at which the next stage of old balances is due")),
    Param("release_share", "0.1", "share", N_("of an old balance, released at each stage")),
)
OLD_BALANCE_EVENT = EventKind(
    "old_balance", ("who", "amount"), (), N_("brings a balance of an older scheme, in money, for release in stages")
)


@dataclass
class OldBalances:
    """What members brought, what is still to be released of it, and the price of the next stage (None: no balances)."""

    params: Params
    brought: Paid = field(default_factory=dict)
    left: Paid = field(default_factory=dict)
    next_price: Exact | None = None

    def bring(self, member: str, amount: Exact, price: Exact) -> None:
        """Take a balance in; the first one sets the price from which stages count."""
        self.brought[member] = self.brought.get(member, ZERO) + amount
        self.left[member] = self.left.get(member, ZERO) + amount
        if self.next_price is None:
            self.next_price = price * (ONE + self.params["release_step"])

    def debts(self) -> list[Debt]:
        """What is still to be released, as it was brought; nothing where nobody brought any."""
        left = sum(self.left.values(), ZERO)
        return [Debt("old_balances", left, left)] if self.brought else []

    def stage(self, price: Exact) -> Paid:
        """What one stage releases at this price, in money by member; nothing while no stage is due."""
        if self.next_price is None or price < self.next_price or not self.params["release_share"]:
            return {}
        due = {
            member: min(self.brought[member] * self.params["release_share"], left)
            for member, left in self.left.items()
            if left
        }
        for member, amount in due.items():
            self.left[member] -= amount
        if due:
            self.next_price *= ONE + self.params["release_step"]
        return due
