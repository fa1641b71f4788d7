"""Consumption packages."""

from collections import defaultdict
from fractions import Fraction

PRESENTS = (0, 10, 20, 30, 40, 50)
"""The price of the package that each rank gives as a present, in the scenarios of the tests."""


class Packages:
    """The packages by what is written; a package is [returns a day, days to go]."""

    def __init__(self, price: Fraction, served: Fraction) -> None:
        self.price, self.served = price, served
        self.held: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        self.running: dict[str, list[list[Fraction]]] = {}
        self.referrer: dict[str, str] = {}
        self.largest: dict[str, Fraction] = defaultdict(Fraction)
        self.bought: dict[str, list[str]] = defaultdict(list)
        self.tasks: dict[str, list[int]] = defaultdict(list)
        self.referral_days: dict[str, int] = defaultdict(int)
        self.score: dict[str, int] = defaultdict(int)
        self.verified: set[str] = set()
        self.rank: dict[str, int] = defaultdict(int)
        self.city: dict[str, str] = {}
        self.provider: dict[str, str] = {}
        self.fees: Fraction = Fraction(0)
        self.city_fees: dict[str, Fraction] = defaultdict(Fraction)

    def member(self, member: str, referrer: str | None = None) -> None:
        for name in (member, referrer):
            if name and name not in self.running:
                self.running[name] = [[Fraction(12, 30), Fraction(30)]]
        if referrer:
            self.referrer[member] = referrer

    def rise(self, member: str, rank: int) -> None:
        self.member(member)
        for level in range(self.rank[member] + 1, rank + 1):
            returns = PRESENTS[level] * Fraction(132, 100) / self.price
            self.running[member].append([returns / 30, Fraction(30)])
        self.rank[member] = max(self.rank[member], rank)

    def verify(self, member: str) -> None:
        self.member(member)
        self.verified.add(member)
        if member in self.referrer:
            self.score[self.referrer[member]] += 1

    def task(self, member: str, day: int) -> None:
        self.member(member)
        done = self.tasks[member]
        passed = day - done[-1] if done else 1
        for package in self.running[member]:
            if package[1] >= passed:
                self.held[member]["power"] += package[0]
            package[1] -= passed
        done.append(day)
        for month in range(3):
            days = range(done[0] + 30 * month, done[0] + 30 * (month + 1))
            # Seen when the next task is done, and never again: the month before it was over then already.
            if days[-1] < day and (len(done) == 1 or done[-2] < days[0]):
                self.score[member] = 0
        if passed > 1:
            self.referral_days[member] = 6
        if member in self.referrer and self.referral_days[member] < 6:
            self.referral_days[member] += 1
            self.held[self.referrer[member]]["share_coupons"] += Fraction(1, 10)

    def buy(self, member: str, price: Fraction, tier: str) -> None:
        self.member(member)
        if self.held[member]["power"] >= price / self.price:
            self.held[member]["power"] -= price / self.price
        days = 30 + min(self.bought[member].count(tier), 6)
        self.running[member].append([price * Fraction(132, 100) / self.price / days, Fraction(days)])
        self.bought[member].append(tier)
        self.largest[member] = max(self.largest[member], price)
        if above := self.referrer.get(member):
            self.held[above]["share_coupons"] += Fraction(6, 100) * min(price, self.largest[above]) / self.price

    def release(self, member: str, percent: Fraction) -> None:
        self.member(member)
        part = self.held[member]["share_coupons"] * percent / 100
        self.held[member]["share_coupons"] -= part
        self.held[member]["power"] += part

    def charge(self, member: str, amount: Fraction) -> Fraction:
        """What leaving costs, by rank, package and score; part of it is for the city's provider."""
        if self.rank[member] >= 3 or "expert" in self.bought[member]:
            rate = Fraction(15, 100)
        elif self.rank[member] == 2 or "advanced" in self.bought[member]:
            rate = Fraction(20, 100)
        else:
            rate = Fraction(25, 100) if self.score[member] >= 3 else Fraction(40, 100)
        fee, city = amount * rate, self.city.get(member, "")
        if city in self.provider:
            self.city_fees[city] += fee * self.served
            self.fees += fee - fee * self.served
        else:
            self.fees += fee
        return fee

    def convert(self, member: str, to: str) -> Fraction:
        self.member(member)
        amount = self.held[member]["power"]
        self.held[member]["power"] = Fraction(0)
        if to == "red_packets":
            self.held[member]["red_packets"] += amount * self.price
            return Fraction(0)
        return self.charge(member, amount)

    def sell(self, member: str, to: str) -> Fraction:
        self.member(member)
        self.member(to)
        amount = self.held[member]["power"]
        fee = self.charge(member, amount)
        self.held[member]["power"] = Fraction(0)
        self.held[to]["power"] += amount - fee
        return fee

    def share_fees(self) -> Fraction:
        """15, 20, 12, 10 and 8 % to the five ranks, per head. Nobody here has ten recruits: ranks are as declared."""
        fees, self.fees = self.fees, Fraction(0)
        for rank, percent in enumerate((15, 20, 12, 10, 8), start=1):
            heads = [member for member in self.running if self.rank[member] == rank]
            for member in heads:
                self.held[member]["power"] += fees * percent / 100 / len(heads)
        return fees

    def spend(self, member: str, shop: str, amount: Fraction) -> None:
        self.member(member)
        self.held[member]["red_packets"] -= min(amount, self.held[member]["red_packets"])
        self.held[shop]["contribution"] += amount
        if direct := self.referrer.get(member):
            self.held[direct]["contribution"] += amount * Fraction(60, 100)
            if indirect := self.referrer.get(direct):
                self.held[indirect]["contribution"] += amount * Fraction(25, 100)

    def day(self) -> None:
        """Everybody with a package running does a task; then 1 % of coupons is released, and providers are paid."""
        for member in list(self.running):
            if any(days > 0 for _, days in self.running[member]):
                self.task(member, self.tasks[member][-1] + 1 if self.tasks[member] else 1)
        for member in list(self.running):
            self.release(member, Fraction(1))
        for city, amount in self.city_fees.items():
            self.held[self.provider[city]]["power"] += amount
        self.city_fees.clear()
