"""Share purchase: share value proves spending, share points are issued daily against it."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

Event = dict[str, Any]


class SharePurchase:
    """The two assets by what is written; every event returns what its row must say."""

    def __init__(self, concession: Fraction, fee: Fraction) -> None:
        self.concession, self.fee = concession, fee
        self.value: dict[str, Fraction] = defaultdict(Fraction)
        self.points: dict[str, Fraction] = defaultdict(Fraction)
        self.shops: set[str] = set()
        self.others, self.price, self.deposits = Fraction(0), Fraction(1), Fraction(0)

    def do(self, event: Event) -> dict[str, Any]:
        row: dict[str, Any] = getattr(self, event["do"])(event) or {}
        return row

    def set_price(self, event: Event) -> None:
        self.price = event["amount"]

    def set_others(self, event: Event) -> None:
        self.others = event["amount"]

    def enter(self, shop: str, amount: Fraction) -> None:
        self.points[shop] += amount / self.price
        self.deposits += amount
        self.shops.add(shop)

    def deposit(self, event: Event) -> dict[str, Any]:
        self.enter(event["shop"], event["amount"])
        return self.shop(event["shop"])

    def purchase(self, event: Event) -> dict[str, Any]:
        member, shop, debited = event["who"], event["shop"], Fraction(0)
        if shop not in self.shops:
            self.enter(shop, Fraction(500))
        if self.points[shop] >= 0:
            debited = self.concession * event["amount"] / self.price
            self.value[member] += 10 * self.concession * event["amount"]
            self.value[shop] += 2 * self.concession * event["amount"]
            self.points[shop] -= debited
        return {"debited": debited, "holders": self.held(member)} | self.shop(shop)

    def day(self, _: Event) -> dict[str, Any]:
        everything = sum(self.value.values()) + self.others
        changes: dict[str, dict[str, Fraction]] = {}
        for member in [member for member in self.value if self.value[member]]:
            got = self.value[member] / everything * 888
            changes[member] = {"got": got, "used": min(got * self.price, self.value[member])}
        for member, change in changes.items():
            self.points[member] += change["got"]
            self.value[member] -= change["used"]
        return {"holders": {member: change | self.held(member)[member] for member, change in changes.items()}}

    def sell(self, event: Event) -> dict[str, Any]:
        member, sold = event["who"], self.points[event["who"]]
        if event.get("to"):
            self.points[event["to"]] += sold
            self.points[member] -= sold
        else:
            sold = min(sold, self.deposits / self.price)
            self.points[member] -= sold
            self.deposits -= sold * self.price
        return {
            "sold": sold,
            "cash": sold * self.price * (1 - self.fee),
            "fee": sold * self.price * self.fee,
            "holders": self.held(member),
        }

    def spend(self, event: Event) -> dict[str, Any]:
        member, shop = event["who"], event["shop"]
        if shop not in self.shops:
            self.enter(shop, Fraction(500))
        spent = self.points[member] if self.points[shop] >= 0 else Fraction(0)
        self.points[shop] += spent
        self.points[member] -= spent
        return {"spent": spent, "holders": self.held(member)} | self.shop(shop)

    def give(self, event: Event) -> dict[str, Any]:
        points = self.points[event["who"]]
        self.points[event["to"]] += points
        self.points[event["who"]] -= points
        return {"holders": self.held(event["who"], event["to"])}

    def held(self, *names: str) -> dict[str, dict[str, Fraction]]:
        return {name: {"share_value": self.value[name], "share_points": self.points[name]} for name in names}

    def shop(self, shop: str) -> dict[str, Any]:
        return {"balance": self.points[shop], "open": self.points[shop] >= 0}
