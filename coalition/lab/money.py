"""The ledger of a run: where the money is, where it came from, and who paid whom for what.

Every movement names both its sides, and each side is a party of one kind. What a purchase pays into a scheme is paid by
whoever gives it up, mostly the shop, and is traced by whose purchase brought it. Money that waits inside a scheme lies
in named pots, in the order in which it came. A payment takes what has lain there longest: first in, first out, the rule
by which courts trace mixed money (Devaynes v Noble, 1816). So every payment knows whose money it was.
"""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

from coalition.lab.errors import MoneyNotConserved
from coalition.lab.numbers import ZERO, Exact
from coalition.lab.parties import Party

Origin = Literal["purchases_margin", "later_entrants", "subsidy", "fees"]
"""Whose money a payment was: brought by the receiver's own or an earlier purchase, by a member who came after the
receiver, by an investor, or paid by an agent to take part."""

NOBODY = Party.investor("")
"""Whose money lies in the pots of a what-if: it is not traced there."""

Lot = tuple[Party, str, Exact]
"""Payer, the member whose purchase brought it (empty if none did), and amount."""


@dataclass
class Sources:
    """What one participant was paid, by where it came from. Units of money."""

    purchases_margin: Exact = ZERO
    later_entrants: Exact = ZERO
    subsidy: Exact = ZERO
    fees: Exact = ZERO

    @property
    def total(self) -> Exact:
        return self.purchases_margin + self.later_entrants + self.subsidy + self.fees

    def add(self, other: "Sources") -> None:
        """Add another participant's."""
        self.purchases_margin += other.purchases_margin
        self.later_entrants += other.later_entrants
        self.subsidy += other.subsidy
        self.fees += other.fees


@dataclass
class Goods:
    """Goods that went from sellers to buyers: what they are worth by their price, and what was paid for them."""

    worth: Exact = ZERO
    paid: Exact = ZERO

    @property
    def unpaid(self) -> Exact:
        """Worth of goods that nobody paid for in money."""
        return self.worth - self.paid

    def add(self, worth: Exact, paid: Exact) -> None:
        """Add to both."""
        self.worth += worth
        self.paid += paid


@dataclass
class PartyMoney:
    """One participant's side of the ledger. Units of money.

    `paid` went from them into the scheme, prices of goods left out; `above_agreed` is the part of it that commissions
    took beyond what they had agreed to give up.
    """

    received: Sources = field(default_factory=Sources)
    paid: Exact = ZERO
    above_agreed: Exact = ZERO
    sold: Goods = field(default_factory=Goods)
    bought: Goods = field(default_factory=Goods)

    @property
    def net(self) -> Exact:
        """What they are better off by, goods counted at their price."""
        return self.received.total - self.paid - self.sold.unpaid + self.bought.unpaid

    def add(self, other: "PartyMoney") -> None:
        """Add another participant's."""
        self.received.add(other.received)
        self.paid += other.paid
        self.above_agreed += other.above_agreed
        self.sold.add(other.sold.worth, other.sold.paid)
        self.bought.add(other.bought.worth, other.bought.paid)


@dataclass
class Pot:
    """Money that waits, in lots, oldest first. `held` is kept beside the lots and audited."""

    lots: deque[Lot] = field(default_factory=deque)
    held: Exact = ZERO

    def take(self, amount: Exact) -> Iterable[Lot]:
        """Remove `amount`, oldest first, and yield it lot by lot."""
        self.held -= amount
        while amount > 0 and self.lots:
            payer, buyer, lot = self.lots.popleft()
            part = min(lot, amount)
            if part < lot:
                self.lots.appendleft((payer, buyer, lot - part))
            amount -= part
            yield payer, buyer, part


@dataclass
class Money:
    """The whole money of one run. All amounts are exact units of money.

    `entered` holds the order in which members came. `flows` are all payments to participants but the prices of goods,
    by payer, receiver and origin, those out of pots by whose money it was. `sold` and `bought` are goods by seller and
    by buyer.
    """

    pots: defaultdict[str, Pot] = field(default_factory=lambda: defaultdict(Pot))
    paid_in: Exact = ZERO
    paid_out: Exact = ZERO
    in_pots: Exact = ZERO
    entered: dict[str, int] = field(default_factory=dict)
    flows: dict[tuple[Party, Party, Origin], Exact] = field(default_factory=dict)
    sold: defaultdict[Party, Goods] = field(default_factory=lambda: defaultdict(Goods))
    bought: defaultdict[Party, Goods] = field(default_factory=lambda: defaultdict(Goods))
    above_agreed: dict[Party, Exact] = field(default_factory=dict)

    def enter(self, member: str) -> None:
        """Remember when a member came; the first time counts."""
        self.entered.setdefault(member, len(self.entered))

    def held(self, pot: str) -> Exact:
        """Money in one pot; an unknown pot is empty."""
        return self.pots[pot].held if pot in self.pots else ZERO

    def buy(self, buyer: Party, seller: Party, paid: Exact, worth: Exact | None = None) -> None:
        """Goods at their price from seller to buyer, and what the buyer pays for them in money.

        `worth` is their price where it is not what was paid: a mall order half in points, a packet not honoured.
        """
        price = paid if worth is None else worth
        self.sold[seller].add(price, paid)
        self.bought[buyer].add(price, paid)

    def put(self, payer: Party, pot: str, amount: Exact, buyer: str = "") -> None:
        """Pay money into a pot. `buyer` is the member whose purchase brings it, if that is not the payer."""
        if amount:
            self.paid_in += amount
            self._lay(payer, buyer or _buyer(payer), pot, amount)

    def give(self, payer: Party, to: Party, amount: Exact, buyer: str = "") -> None:
        """Pay straight to a participant: a commission, a fee, a trade. `buyer` as in `put`."""
        if amount:
            self.paid_in += amount
            self._receive(payer, buyer or _buyer(payer), to, amount)

    def pay(self, pot: str, to: Party, amount: Exact) -> None:
        """Pay a participant out of a pot. The caller never asks for more than the pot holds."""
        for payer, buyer, part in self._take(pot, amount):
            self._receive(payer, buyer, to, part)

    def shift(self, pot: str, to: str, amount: Exact) -> None:
        """Move money from one pot to another; it remains its payers'."""
        for payer, buyer, part in self._take(pot, amount):
            self._lay(payer, buyer, to, part)

    def exceed(self, shop: Party, amount: Exact) -> None:
        """Remember that so much of what a shop gave is above what it had agreed to give."""
        self.above_agreed[shop] = self.above_agreed.get(shop, ZERO) + amount

    def parties(self) -> dict[Party, PartyMoney]:
        """Everybody's side of the ledger: members in the order in which they came, then all others."""
        sides: dict[Party, PartyMoney] = {Party.member(name): PartyMoney() for name in self.entered}

        def side(party: Party) -> PartyMoney:
            return sides.setdefault(party, PartyMoney())

        for party, goods in self.sold.items():
            side(party).sold.add(goods.worth, goods.paid)
        for party, goods in self.bought.items():
            side(party).bought.add(goods.worth, goods.paid)
        for (payer, to, origin), amount in self.flows.items():
            side(payer).paid += amount
            got = side(to).received
            setattr(got, origin, getattr(got, origin) + amount)
        for pot in self.pots.values():
            for payer, _, amount in pot.lots:
                side(payer).paid += amount
        for party, amount in self.above_agreed.items():
            side(party).above_agreed += amount
        return sides

    def fork(self) -> "Money":
        """The same pots for a what-if, with a ledger that starts empty. Whose money it was is not traced on."""
        pots = {
            name: Pot(deque([(NOBODY, "", pot.held)] if pot.held else []), pot.held) for name, pot in self.pots.items()
        }
        return Money(defaultdict(Pot, pots), paid_in=self.in_pots, in_pots=self.in_pots, entered=dict(self.entered))

    def check(self, event: int) -> None:
        """Paid in = held + paid out. Raises MoneyNotConserved."""
        if self.paid_in != self.in_pots + self.paid_out or self.in_pots < 0:
            raise MoneyNotConserved(event, self.paid_in, self.in_pots, self.paid_out)

    def audit(self, event: int) -> None:
        """The same from single lots, payments and goods, over all kinds of participants. Raises MoneyNotConserved."""
        self.check(event)
        lots = sum((amount for pot in self.pots.values() for _, _, amount in pot.lots), ZERO)
        uneven = [pot for pot in self.pots.values() if pot.held != sum((amount for _, _, amount in pot.lots), ZERO)]
        sides = self.parties().values()
        received = sum((side.received.total for side in sides), ZERO)
        paid = sum((side.paid for side in sides), ZERO)
        goods = sum((side.sold.worth - side.bought.worth for side in sides), ZERO)
        prices = sum((side.sold.paid - side.bought.paid for side in sides), ZERO)
        if paid != lots + received or received != self.paid_out or lots != self.in_pots or goods or prices or uneven:
            raise MoneyNotConserved(event, paid, lots, received)

    def _lay(self, payer: Party, buyer: str, pot: str, amount: Exact) -> None:
        laid = self.pots[pot]
        laid.lots.append((payer, buyer, amount))
        laid.held += amount
        self.in_pots += amount

    def _take(self, pot: str, amount: Exact) -> list[Lot]:
        self.in_pots -= amount
        return list(self.pots[pot].take(amount)) if amount else []

    def _receive(self, payer: Party, buyer: str, to: Party, amount: Exact) -> None:
        self.paid_out += amount
        flow = payer, to, self._origin(payer, buyer, to)
        self.flows[flow] = self.flows.get(flow, ZERO) + amount

    def _origin(self, payer: Party, buyer: str, to: Party) -> Origin:
        if payer.kind == "investor":
            return "subsidy"
        if payer.kind == "agent":
            return "fees"
        came, receiver = self.entered.get(buyer, -1), self.entered.get(to.name, len(self.entered))
        return "later_entrants" if to.kind == "member" and came > receiver else "purchases_margin"


def _buyer(payer: Party) -> str:
    """Whose purchase brings a payer's own money."""
    return payer.name if payer.kind == "member" else ""
