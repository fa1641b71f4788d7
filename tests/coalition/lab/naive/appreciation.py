"""Consumption appreciation: a pool, points minted below what comes in, and a forced exit."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

Event = dict[str, Any]


class Appreciation:
    """The pool by what is written; every event returns what its row must say."""

    def __init__(
        self, pool_rate: Fraction, minted_share: Fraction, multiple: Fraction, hold_back: Fraction, step: Fraction
    ) -> None:
        self.pool_rate, self.minted_share, self.multiple, self.hold_back = pool_rate, minted_share, multiple, hold_back
        self.points: dict[str, Fraction] = {}
        self.spent: dict[str, Fraction] = defaultdict(Fraction)
        self.cash: dict[str, Fraction] = defaultdict(Fraction)
        self.out: set[str] = set()
        self.pool, self.circulation, self.price = Fraction(0), Fraction(0), Fraction(1)
        self.step, self.next_stage = step, None
        self.old: dict[str, Fraction] = {}
        self.left: dict[str, Fraction] = {}

    def do(self, event: Event) -> dict[str, Any]:
        member, minted = event.get("who"), Fraction(0)
        if event["do"] == "purchase":
            minted = event["amount"] * self.pool_rate * self.minted_share / self.price
            self.pool += event["amount"] * self.pool_rate
            self.circulation += minted
            self.points[event["who"]] = self.points.get(event["who"], Fraction(0)) + minted
            self.spent[event["who"]] += event["amount"]
            self.out.discard(event["who"])
        elif event["do"] == "inject":
            self.pool += event["amount"]
        elif event["do"] == "sell":
            self.sell(event["who"], self.points[event["who"]] * event["part"])
        elif event["do"] == "clear":
            handed = event["amount"] / 2 / self.price
            self.points[event["who"]] -= handed
            self.points[event["shop"]] = self.points.get(event["shop"], Fraction(0)) + handed
        elif event["do"] == "old_balance":
            self.old[event["who"]] = self.old.get(event["who"], Fraction(0)) + event["amount"]
            self.left[event["who"]] = self.left.get(event["who"], Fraction(0)) + event["amount"]
            if self.next_stage is None:
                self.next_stage = self.price * (1 + self.step)
        self.settle()
        row = {"minted": minted, "pool": self.pool, "circulation": self.circulation, "price": self.price}
        if member:
            row |= {
                "points": self.points.get(member, Fraction(0)),
                "value": self.points.get(member, Fraction(0)) * self.price,
                "cash": self.cash[member],
                "exited": member in self.out,
            }
        return row

    def settle(self) -> None:
        """Price first, then the stages of old balances, then the exits, one after another."""
        self.reprice()
        while self.next_stage is not None and self.price >= self.next_stage and any(self.left.values()):
            price = self.price
            for member in self.old:
                part = min(self.old[member] / 10, self.left[member])
                self.left[member] -= part
                self.points[member] = self.points.get(member, Fraction(0)) + part / price
                self.circulation += part / price
            self.next_stage *= 1 + self.step
            self.reprice()
        while due := [
            member
            for member, points in self.points.items()
            if points and self.spent[member] and points * self.price >= self.multiple * self.spent[member]
        ]:
            self.sell(due[0], self.points[due[0]])
            self.spent[due[0]] = Fraction(0)
            self.out.add(due[0])

    def sell(self, member: str, count: Fraction) -> None:
        paid = count * self.price * (1 - self.hold_back)
        self.cash[member] += paid
        self.pool -= paid
        self.circulation -= count
        self.points[member] -= count
        self.reprice()

    def reprice(self) -> None:
        if self.circulation:
            self.price = self.pool / self.circulation
