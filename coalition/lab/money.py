"""Where the money is, where it came from, and who paid whom.

Money that waits inside a scheme lies in named pots, in the order in which it came. A payment takes what has
lain there longest: first in, first out, the rule by which courts trace mixed money (Devaynes v Noble, 1816).
So every payment knows whose money it was.
"""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from coalition.lab.errors import MoneyNotConserved
from coalition.lab.numbers import ZERO

SUBSIDY = "subsidy"
PLATFORM = "platform"


@dataclass
class Sources:
    """What one participant was paid, by where it came from. Units of money."""

    purchases_margin: Fraction = ZERO
    later_entrants: Fraction = ZERO
    subsidy: Fraction = ZERO

    @property
    def total(self) -> Fraction:
        return self.purchases_margin + self.later_entrants + self.subsidy


@dataclass
class Pot:
    """Money that waits, in lots [payer, amount], oldest first. `held` is kept beside the lots and audited."""

    lots: deque[tuple[str, Fraction]] = field(default_factory=deque)
    held: Fraction = ZERO

    def take(self, amount: Fraction) -> Iterable[tuple[str, Fraction]]:
        """Remove `amount`, oldest first, and yield it by payer."""
        self.held -= amount
        while amount > 0 and self.lots:
            payer, lot = self.lots.popleft()
            part = min(lot, amount)
            if part < lot:
                self.lots.appendleft((payer, lot - part))
            amount -= part
            yield payer, part


@dataclass
class Money:
    """The whole money of one run. All amounts are exact units of money.

    `entered` holds the order in which members came; money of somebody who came after the one it is paid to
    counts as later entrants', a subsidy's as subsidy, all else as the margin of purchases.
    """

    pots: dict[str, Pot] = field(default_factory=dict)
    paid_in: Fraction = ZERO
    paid_out: Fraction = ZERO
    in_pots: Fraction = ZERO
    entered: dict[str, int] = field(default_factory=dict)
    contributed: dict[str, Fraction] = field(default_factory=dict)
    received: dict[str, Sources] = field(default_factory=dict)
    turnover: dict[str, Fraction] = field(default_factory=dict)
    flows: dict[tuple[str, str], Fraction] = field(default_factory=dict)

    def enter(self, participant: str) -> None:
        """Remember when a member came; the first time counts."""
        self.entered.setdefault(participant, len(self.entered))

    def held(self, pot: str) -> Fraction:
        """Money in one pot; an unknown pot is empty."""
        return self.pots[pot].held if pot in self.pots else ZERO

    def sale(self, shop: str, amount: Fraction) -> None:
        """The part of a purchase that stays with the shop for its goods."""
        self.paid_in += amount
        self.paid_out += amount
        self.turnover[shop] = self.turnover.get(shop, ZERO) + amount

    def put(self, payer: str, pot: str, amount: Fraction) -> None:
        """Pay money from outside into a pot."""
        self.paid_in += amount
        self.contributed[payer] = self.contributed.get(payer, ZERO) + amount
        self._lay(payer, pot, amount)

    def give(self, payer: str, participant: str, amount: Fraction) -> None:
        """Pay money from outside straight to a participant: a commission, a fee, a trade."""
        if amount:
            self.paid_in += amount
            self.contributed[payer] = self.contributed.get(payer, ZERO) + amount
            self._receive(payer, participant, amount)

    def pay(self, pot: str, participant: str, amount: Fraction) -> None:
        """Pay a participant out of a pot. The caller never asks for more than the pot holds."""
        for payer, part in self._take(pot, amount):
            self._receive(payer, participant, part)

    def shift(self, pot: str, to: str, amount: Fraction) -> None:
        """Move money from one pot to another; it remains its payers'."""
        for payer, part in self._take(pot, amount):
            self._lay(payer, to, part)

    def net(self, participant: str) -> Fraction:
        """What a participant was paid, less what of their money went into the scheme."""
        got = self.received[participant].total if participant in self.received else ZERO
        return got - self.contributed.get(participant, ZERO)

    def check(self, event: int) -> None:
        """Paid in = held + paid out. Raises MoneyNotConserved."""
        if self.paid_in != self.in_pots + self.paid_out or self.in_pots < 0:
            raise MoneyNotConserved(event, self.paid_in, self.in_pots, self.paid_out)

    def audit(self, event: int) -> None:
        """The same from the single lots and payments. Raises MoneyNotConserved."""
        self.check(event)
        lots = sum((lot for pot in self.pots.values() for _, lot in pot.lots), ZERO)
        out = sum(self.turnover.values(), ZERO) + sum((s.total for s in self.received.values()), ZERO)
        flows = sum(self.flows.values(), ZERO) + self.sales()
        uneven = [pot for pot in self.pots.values() if pot.held != sum((lot for _, lot in pot.lots), ZERO)]
        if self.paid_in != lots + out or flows != self.paid_out or uneven:
            raise MoneyNotConserved(event, self.paid_in, lots, out)

    def sales(self) -> Fraction:
        """All that shops kept for their goods."""
        return sum(self.turnover.values(), ZERO)

    def _lay(self, payer: str, pot: str, amount: Fraction) -> None:
        if amount:
            laid = self.pots.setdefault(pot, Pot())
            laid.lots.append((payer, amount))
            laid.held += amount
            self.in_pots += amount

    def _take(self, pot: str, amount: Fraction) -> list[tuple[str, Fraction]]:
        self.in_pots -= amount
        return list(self.pots.setdefault(pot, Pot()).take(amount))

    def _receive(self, payer: str, participant: str, amount: Fraction) -> None:
        self.paid_out += amount
        self.flows[payer, participant] = self.flows.get((payer, participant), ZERO) + amount
        got = self.received.setdefault(participant, Sources())
        if payer == SUBSIDY:
            got.subsidy += amount
        elif self.entered.get(payer, -1) > self.entered.get(participant, len(self.entered)):
            got.later_entrants += amount
        else:
            got.purchases_margin += amount
