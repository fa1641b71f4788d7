"""The schemes once more, as plainly as they are described, sharing nothing with the lab.

Each function takes parameters and events as exact numbers and returns for each event what must show in its
row. Slow and straightforward on purpose.
"""

from collections import defaultdict
from fractions import Fraction
from typing import Any

Event = dict[str, Any]
Expected = list[dict[str, Any]]


def appreciation(
    pool_rate: Fraction, minted_share: Fraction, multiple: Fraction, hold_back: Fraction, events: list[Event]
) -> Expected:
    points: dict[str, Fraction] = {}
    spent: dict[str, Fraction] = {}
    cash: dict[str, Fraction] = defaultdict(Fraction)
    out: set[str] = set()
    pool, circulation, price = Fraction(0), Fraction(0), Fraction(1)
    rows: Expected = []

    def sell(member: str, count: Fraction) -> None:
        nonlocal pool, circulation, price
        paid = count * price * (1 - hold_back)
        cash[member] += paid
        pool -= paid
        circulation -= count
        points[member] -= count
        price = pool / circulation if circulation else price

    for event in events:
        member, minted = event.get("who"), Fraction(0)
        if event["do"] == "purchase":
            minted = event["amount"] * pool_rate * minted_share / price
            pool += event["amount"] * pool_rate
            circulation += minted
            points[member] = points.get(member, Fraction(0)) + minted
            spent[member] = spent.get(member, Fraction(0)) + event["amount"]
            out.discard(member)
        elif event["do"] == "inject":
            pool += event["amount"]
        elif event["do"] == "sell":
            sell(member, points[member] * event["part"])
        price = pool / circulation if circulation else price
        while due := [m for m in points if points[m] and spent[m] and points[m] * price >= multiple * spent[m]]:
            sell(due[0], points[due[0]])
            spent[due[0]] = Fraction(0)
            out.add(due[0])
        row = {"minted": minted, "pool": pool, "circulation": circulation, "price": price}
        if member:
            row |= {
                "points": points[member],
                "value": points[member] * price,
                "cash": cash[member],
                "exited": member in out,
            }
        rows.append(row)
    return rows


def share_purchase(concession: Fraction, deposit: Fraction, events: list[Event]) -> Expected:
    value: dict[str, Fraction] = defaultdict(Fraction)
    points: dict[str, Fraction] = defaultdict(Fraction)
    shops: set[str] = set()
    others, price, rows = Fraction(0), Fraction(1), []
    for event in events:
        row: dict[str, Any] = {}
        if event["do"] == "price":
            price = event["amount"]
        elif event["do"] == "others":
            others = event["amount"]
        elif event["do"] == "deposit":
            points[event["shop"]] += event["amount"] / price
            shops.add(event["shop"])
            row = {"balance": points[event["shop"]], "open": points[event["shop"]] >= 0}
        elif event["do"] == "purchase":
            member, shop = event["who"], event["shop"]
            if shop not in shops:
                shops.add(shop)
                points[shop] += deposit / price
            debited = Fraction(0)
            if points[shop] >= 0:
                debited = concession * event["amount"] / price
                value[member] += 10 * concession * event["amount"]
                value[shop] += 2 * concession * event["amount"]
                points[shop] -= debited
            row = {"debited": debited, "balance": points[shop], "open": points[shop] >= 0}
            row["holders"] = {member: {"share_value": value[member], "share_points": points[member]}}
        else:
            everything = sum(value.values()) + others
            row["holders"] = {}
            for member in [member for member in value if value[member]]:
                got = value[member] / everything * 888
                used = min(got * price, value[member])
                row["holders"][member] = {"got": got, "used": used}
            for member, change in row["holders"].items():
                points[member] += change["got"]
                value[member] -= change["used"]
                change |= {"share_points": points[member], "share_value": value[member]}
        rows.append(row)
    return rows


class Chain:
    """The chain by what is written: recruits, who stands under whom, who is a boss."""

    def __init__(self, dead_lines: str, swap_every: int, release_sales: int) -> None:
        self.dead_lines, self.swap_every, self.release_sales = dead_lines, swap_every, release_sales
        self.recruits: dict[str, list[str]] = {}
        self.referrer: dict[str, str | None] = {}
        self.upline: dict[str, str | None] = {}
        self.under: dict[str, list[str]] = {}
        self.bosses: set[str] = set()
        self.left: dict[str, list[str]] = {}
        self.sales: dict[str, int] = defaultdict(int)
        self.rank: dict[str, str] = {}
        self.frozen: dict[str, Fraction] = defaultdict(Fraction)
        self.free: set[str] = set()

    def place(self, seller: str) -> str:
        """Whole layers, listed one by one: line 3's, then those of lines 1 and 2 together."""
        if self.dead_lines != "slide" or len(self.recruits[seller]) <= 3:
            return seller
        first, second, third = self.recruits[seller][:3]
        depth = 0
        while True:
            for heads in ([third], [first, second]):
                layer = heads
                for _ in range(depth):
                    layer = [below for recruit in layer for below in self.under[recruit][:2]]
                for recruit in layer:
                    if len(self.under[recruit]) < 2:
                        return recruit
            depth += 1

    def promote(self, member: str) -> None:
        self.left[member] = self.recruits[member][:2]
        for recruit in self.left[member]:
            if recruit not in self.bosses:
                self.upline[recruit] = self.upline[member]
        self.bosses.add(member)
        self.upline[member] = None

    def join(self, member: str, seller: str | None, agents: list[tuple[str, int]]) -> dict[str, Fraction]:
        paid: dict[str, Fraction] = defaultdict(Fraction)
        self.recruits[member], self.under[member] = [], []
        self.referrer[member], self.upline[member] = seller, None
        if seller:
            self.recruits[seller].append(member)
            self.upline[member] = self.place(seller)
            self.under[self.upline[member] or ""].append(member)
            if seller not in self.bosses and len(self.recruits[seller]) == 3:
                self.promote(seller)
            self.pay_chain(seller, paid)
            self.pay_team(seller, paid)
        self.pay_regions(agents, paid)
        for name, amount in paid.items():
            if name in self.recruits and name not in self.free:
                self.frozen[name] += amount / 5
        line = seller
        while line:
            self.sales[line] += 1
            line = None if line in self.bosses else self.upline[line]
        if self.dead_lines == "swap" and len(self.recruits) % self.swap_every == 0:
            for boss in [name for name in self.recruits if name in self.bosses]:
                self.swap(boss)
        for boss in self.bosses:
            if all(left in self.bosses and self.sales[left] > self.release_sales for left in self.left[boss]):
                self.free.add(boss)
                self.frozen[boss] = Fraction(0)
        return paid

    def pay_regions(self, agents: list[tuple[str, int]], paid: dict[str, Fraction]) -> None:
        highest = 0
        for agent, rate in agents:
            if rate > highest:
                paid[agent] += rate - highest
                highest = rate

    def pay_chain(self, seller: str, paid: dict[str, Fraction]) -> None:
        boss: str | None = seller
        if seller in self.bosses:
            amount = Fraction(300)
        else:
            paid[seller] += 100
            amount = Fraction(200)
            while boss and boss not in self.bosses:
                boss = self.upline[boss]
        if boss:
            paid[boss] += amount
            above = self.referrer[boss]
            if above in self.bosses:
                paid[above or ""] += amount / 10

    def pay_team(self, seller: str, paid: dict[str, Fraction]) -> None:
        rates = {"partner": 10, "co-founder": 20, "director": 30}
        highest, name, levels = 0, seller, 9
        above: str | None = name
        while above and levels:
            rate = rates.get(self.rank.get(above, ""), 0)
            if rate > highest:
                paid[above] += rate - highest
                highest = rate
            above, levels = self.referrer[above], levels - 1

    def swap(self, boss: str) -> None:
        dead = sorted(
            (self.sales[member], at) for at, member in enumerate(self.left[boss]) if member not in self.bosses
        )
        others = [member for member in self.recruits[boss] if member not in self.left[boss]]
        if not dead or not others:
            return
        best = others[0]
        for member in others:
            best = member if self.sales[member] > self.sales[best] else best
        back = self.left[boss][dead[0][1]]
        if self.sales[best] > self.sales[back]:
            if best not in self.bosses:
                self.upline[best] = self.upline[back]
            self.upline[back] = boss
            self.left[boss][dead[0][1]] = best


class Packages:
    """The packages by what is written; a package is [price, returns a day, days to go]."""

    def __init__(self) -> None:
        self.held: dict[str, dict[str, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
        self.running: dict[str, list[list[Fraction]]] = {}
        self.referrer: dict[str, str] = {}
        self.largest: dict[str, Fraction] = defaultdict(Fraction)
        self.bought: dict[str, int] = defaultdict(int)
        self.last: dict[str, int] = {}
        self.referral_days: dict[str, int] = defaultdict(int)
        self.fees = Fraction(0)

    def member(self, member: str, referrer: str | None = None) -> None:
        for name in (member, referrer):
            if name and name not in self.running:
                self.running[name] = [[Fraction(0), Fraction(12, 30), Fraction(30)]]
        if referrer:
            self.referrer[member] = referrer

    def task(self, member: str, day: int) -> None:
        self.member(member)
        passed = day - self.last.get(member, day - 1)
        for package in self.running[member]:
            if package[2] >= passed:
                self.held[member]["power"] += package[1]
            package[2] -= passed
        self.last[member] = day
        if passed > 1:
            self.referral_days[member] = 6
        if member in self.referrer and self.referral_days[member] < 6:
            self.referral_days[member] += 1
            self.held[self.referrer[member]]["share_coupons"] += Fraction(1, 10)

    def buy(self, member: str, price: Fraction) -> None:
        self.member(member)
        if self.held[member]["power"] >= price:
            self.held[member]["power"] -= price
        self.running[member].append([price, price * Fraction(132, 100) / 30, Fraction(30)])
        self.bought[member] += 1
        self.largest[member] = max(self.largest[member], price)
        if above := self.referrer.get(member):
            self.held[above]["share_coupons"] += Fraction(6, 100) * min(price, self.largest[above])

    def release(self, member: str, percent: Fraction) -> None:
        self.member(member)
        part = self.held[member]["share_coupons"] * percent / 100
        self.held[member]["share_coupons"] -= part
        self.held[member]["power"] += part

    def convert(self, member: str, part: Fraction, to: str) -> Fraction:
        amount = self.held[member]["power"] * part
        self.held[member]["power"] -= amount
        if to == "red_packets":
            self.held[member]["red_packets"] += amount
            return Fraction(0)
        fee = amount * (Fraction(40, 100) if 1 + self.bought[member] < 3 else Fraction(25, 100))
        self.fees += fee
        return fee

    def spend(self, member: str, shop: str, amount: Fraction) -> None:
        self.member(member)
        self.held[member]["red_packets"] -= min(amount, self.held[member]["red_packets"])
        self.held[shop]["contribution"] += amount
        if direct := self.referrer.get(member):
            self.held[direct]["contribution"] += amount * Fraction(60, 100)
            if indirect := self.referrer.get(direct):
                self.held[indirect]["contribution"] += amount * Fraction(25, 100)


def coalition(events: list[Event]) -> Expected:
    """100 points a unit, 2 points back on a unit of cash, whole points."""
    has: dict[str, int] = defaultdict(int)
    rows: Expected = []
    for event in events:
        member, cents = event["who"], event["cents"]
        asked = has[member] if event["spend"] == "all" else int(event["spend"])
        spent = min(asked, has[member], cents)
        earned = (cents - spent) * 2 // 100
        has[member] += earned - spent
        rows.append({"spent": spent, "earned": earned, "points": has[member], "outstanding": sum(has.values())})
    return rows
