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

    def sell(who: str, count: Fraction) -> None:
        nonlocal pool, circulation, price
        paid = count * price * (1 - hold_back)
        cash[who] += paid
        pool -= paid
        circulation -= count
        points[who] -= count
        price = pool / circulation if circulation else price

    for event in events:
        who, minted = event.get("who"), Fraction(0)
        if event["do"] == "purchase":
            minted = event["amount"] * pool_rate * minted_share / price
            pool += event["amount"] * pool_rate
            circulation += minted
            points[who] = points.get(who, Fraction(0)) + minted
            spent[who] = spent.get(who, Fraction(0)) + event["amount"]
            out.discard(who)
        elif event["do"] == "inject":
            pool += event["amount"]
        elif event["do"] == "sell":
            sell(who, points[who] * event["part"])
        price = pool / circulation if circulation else price
        while due := [m for m in points if points[m] and spent[m] and points[m] * price >= multiple * spent[m]]:
            sell(due[0], points[due[0]])
            spent[due[0]] = Fraction(0)
            out.add(due[0])
        row = {"minted": minted, "pool": pool, "circulation": circulation, "price": price}
        if who:
            row |= {
                "points": points[who],
                "value": points[who] * price,
                "cash": cash[who],
                "exited": who in out,
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
            who, shop = event["who"], event["shop"]
            if shop not in shops:
                shops.add(shop)
                points[shop] += deposit / price
            debited = Fraction(0)
            if points[shop] >= 0:
                debited = concession * event["amount"] / price
                value[who] += 10 * concession * event["amount"]
                value[shop] += 2 * concession * event["amount"]
                points[shop] -= debited
            row = {"debited": debited, "balance": points[shop], "open": points[shop] >= 0}
            row["holders"] = {who: {"share_value": value[who], "share_points": points[who]}}
        else:
            everything = sum(value.values()) + others
            row["holders"] = {}
            for who in [who for who in value if value[who]]:
                got = value[who] / everything * 888
                used = min(got * price, value[who])
                row["holders"][who] = {"got": got, "used": used}
            for who, change in row["holders"].items():
                points[who] += change["got"]
                value[who] -= change["used"]
                change |= {"share_points": points[who], "share_value": value[who]}
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
        one, two, three = self.recruits[seller][:3]
        depth = 0
        while True:
            for heads in ([three], [one, two]):
                layer = heads
                for _ in range(depth):
                    layer = [below for who in layer for below in self.under[who][:2]]
                for who in layer:
                    if len(self.under[who]) < 2:
                        return who
            depth += 1

    def promote(self, who: str) -> None:
        self.left[who] = self.recruits[who][:2]
        for recruit in self.left[who]:
            if recruit not in self.bosses:
                self.upline[recruit] = self.upline[who]
        self.bosses.add(who)
        self.upline[who] = None

    def join(self, who: str, seller: str | None, agents: list[tuple[str, int]]) -> dict[str, Fraction]:
        paid: dict[str, Fraction] = defaultdict(Fraction)
        self.recruits[who], self.under[who] = [], []
        self.referrer[who], self.upline[who] = seller, None
        if seller:
            self.recruits[seller].append(who)
            self.upline[who] = self.place(seller)
            self.under[self.upline[who] or ""].append(who)
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
        dead = sorted((self.sales[who], at) for at, who in enumerate(self.left[boss]) if who not in self.bosses)
        others = [who for who in self.recruits[boss] if who not in self.left[boss]]
        if not dead or not others:
            return
        best = others[0]
        for who in others:
            best = who if self.sales[who] > self.sales[best] else best
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

    def member(self, who: str, referrer: str | None = None) -> None:
        for name in (who, referrer):
            if name and name not in self.running:
                self.running[name] = [[Fraction(0), Fraction(12, 30), Fraction(30)]]
        if referrer:
            self.referrer[who] = referrer

    def task(self, who: str, day: int) -> None:
        self.member(who)
        passed = day - self.last.get(who, day - 1)
        for package in self.running[who]:
            if package[2] >= passed:
                self.held[who]["power"] += package[1]
            package[2] -= passed
        self.last[who] = day
        if passed > 1:
            self.referral_days[who] = 6
        if who in self.referrer and self.referral_days[who] < 6:
            self.referral_days[who] += 1
            self.held[self.referrer[who]]["share_coupons"] += Fraction(1, 10)

    def buy(self, who: str, price: Fraction) -> None:
        self.member(who)
        if self.held[who]["power"] >= price:
            self.held[who]["power"] -= price
        self.running[who].append([price, price * Fraction(132, 100) / 30, Fraction(30)])
        self.bought[who] += 1
        self.largest[who] = max(self.largest[who], price)
        if above := self.referrer.get(who):
            self.held[above]["share_coupons"] += Fraction(6, 100) * min(price, self.largest[above])

    def release(self, who: str, percent: Fraction) -> None:
        self.member(who)
        part = self.held[who]["share_coupons"] * percent / 100
        self.held[who]["share_coupons"] -= part
        self.held[who]["power"] += part

    def convert(self, who: str, part: Fraction, to: str) -> Fraction:
        amount = self.held[who]["power"] * part
        self.held[who]["power"] -= amount
        if to == "red_packets":
            self.held[who]["red_packets"] += amount
            return Fraction(0)
        fee = amount * (Fraction(40, 100) if 1 + self.bought[who] < 3 else Fraction(25, 100))
        self.fees += fee
        return fee

    def spend(self, who: str, shop: str, amount: Fraction) -> None:
        self.member(who)
        self.held[who]["red_packets"] -= min(amount, self.held[who]["red_packets"])
        self.held[shop]["contribution"] += amount
        if direct := self.referrer.get(who):
            self.held[direct]["contribution"] += amount * Fraction(60, 100)
            if indirect := self.referrer.get(direct):
                self.held[indirect]["contribution"] += amount * Fraction(25, 100)


def coalition(events: list[Event]) -> Expected:
    """100 points a unit, 2 points back on a unit of cash, whole points."""
    has: dict[str, int] = defaultdict(int)
    rows: Expected = []
    for event in events:
        who, cents = event["who"], event["cents"]
        asked = has[who] if event["spend"] == "all" else int(event["spend"])
        spent = min(asked, has[who], cents)
        earned = (cents - spent) * 2 // 100
        has[who] += earned - spent
        rows.append({"spent": spent, "earned": earned, "points": has[who], "outstanding": sum(has.values())})
    return rows
