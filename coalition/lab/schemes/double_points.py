"""The double-points mall, an add-on to purchases.

A purchase earns mall points at a shop (2 for each unit of money). In the mall half is paid in points, half in
cash, and a share of the cash (20 %) goes back to the shops where those points were earned, in proportion.
Points go first in, first out; a point pays one unit of money there.
"""

import copy
from dataclasses import dataclass, field, replace

from coalition.lab.money import Money
from coalition.lab.numbers import ZERO, Exact, number_text
from coalition.lab.params import Param, Params
from coalition.lab.parties import Party
from coalition.lab.scheme import Debt, EventKind, Paid, Row, ScenarioEvent, award
from coalition.locale.messages import N_
from settlement import Phrase

MALL = Party.shop("mall")

DOUBLE_PARAMS = (
    Param("mall_points", "2", "amount", N_("mall points for each unit of money of a purchase")),
    Param("mall_points_share", "0.5", "share", N_("of a mall order, paid in points; the rest in cash")),
    Param("mall_back_rate", "0.2", "share", N_("of the cash, back to the shops where the points were earned")),
)

MALL_EVENT = EventKind("mall", ("who", "amount"), (), N_("orders in the double-points mall: part points, part cash"))


@dataclass
class Mall:
    """Everybody's mall points, in lots [shop, points] in the order in which they were earned.

    The mall is a shop like any other, and owes goods for its points. A scheme has a mall once something is ordered in
    it: until then its points are no part of what was promised.
    """

    params: Params
    money: Money
    lots: dict[str, list[tuple[str, Exact]]] = field(default_factory=dict)
    outstanding: Exact = ZERO
    opened: bool = False

    def earn(self, member: str, shop: str, amount: Exact) -> None:
        """Book the mall points of a purchase."""
        points = amount * self.params["mall_points"]
        if not points:
            return
        lots = self.lots.setdefault(member, [])
        if lots and lots[-1][0] == shop:
            points_before = lots.pop()[1]
            lots.append((shop, points_before + points))
        else:
            lots.append((shop, points))
        self.outstanding += points

    def __deepcopy__(self, memo: dict[int, object]) -> "Mall":
        """For a what-if: the same debt without its lots, for nobody orders in it, and a year has many."""
        return replace(self, money=copy.deepcopy(self.money, memo), lots={})

    def has(self, member: str) -> Exact:
        """A member's mall points."""
        return sum((points for _, points in self.lots.get(member, [])), ZERO)

    def debts(self) -> list[Debt]:
        """The mall points outstanding: each was promised to pay one unit of money."""
        return [Debt("mall_points", self.outstanding, self.outstanding, MALL)] if self.opened else []

    def spend(self, event: ScenarioEvent, paid: Paid) -> Row:
        """Do a `mall` order: points off, cash in, the shops' share of the cash out.

        Raises EventRefused if the member has too few points. What points pay for, the mall hands out for nothing.
        """
        amount = event.number("amount")
        points = amount * self.params["mall_points_share"]
        if points > self.has(event.participant):
            raise event.refused(
                Phrase(
                    N_("{member} has too few mall points: this takes {points}"),
                    member=event.participant,
                    points=number_text(points, 6),
                )
            )
        cash = amount - points
        back = cash * self.params["mall_back_rate"]
        self.opened = True
        self.outstanding -= points
        self.money.buy(Party.member(event.participant), MALL, cash, worth=amount)
        for shop, used in self._take(event.participant, points):
            share = back * used / points
            self.money.give(MALL, Party.shop(shop), share, buyer=event.participant)
            award(paid, shop, share)
        return {"points_paid": points, "cash_paid": cash, "mall_points": self.has(event.participant)}

    def _take(self, member: str, points: Exact) -> list[tuple[str, Exact]]:
        taken: list[tuple[str, Exact]] = []
        lots = self.lots.get(member, [])
        while points > 0:
            shop, left = lots.pop(0)
            used = min(left, points)
            if used < left:
                lots.insert(0, (shop, left - used))
            points -= used
            taken.append((shop, used))
        return taken
