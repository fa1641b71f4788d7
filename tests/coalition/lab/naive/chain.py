"""The 2+1 chain."""

import random
from collections import defaultdict
from fractions import Fraction


class Chain:
    """The chain by what is written: recruits, who stands under whom, who is a boss."""

    def __init__(self, dead_lines: str, release_sales: int, peer_rate: Fraction) -> None:
        self.dead_lines, self.release_sales, self.peer_rate = dead_lines, release_sales, peer_rate
        self.chance, self.days = random.Random(1), 0
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
        self.active: dict[str, int] = defaultdict(int)
        self.rates = {"partner": 10, "co-founder": 20, "director": 30}
        self.earned_by: dict[str, int] = {}

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
            if recruit not in self.bosses and self.upline[recruit] == member:
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
        self.sell(member, seller, agents, Fraction(1), paid)
        return paid

    def sell(
        self, member: str, seller: str | None, agents: list[tuple[str, int]], size: Fraction, paid: dict[str, Fraction]
    ) -> None:
        """A package of `size` times the ordinary one: what it pays, and that it counts as a sale."""
        pays: dict[str, Fraction] = defaultdict(Fraction)
        if seller:
            self.pay_chain(seller, pays)
            self.pay_team(member, pays)
        self.pay_regions(agents, pays)
        for name, amount in pays.items():
            paid[name] += amount * size
            if name in self.recruits and name not in self.free:
                self.frozen[name] += amount * size / 5
        line = seller
        while line:
            self.sales[line] += 1
            self.active[line] += 1
            better = [rank for rank, sales in self.earned_by.items() if self.sales[line] >= sales]
            for rank in better:
                if self.rates[rank] > self.rates.get(self.rank.get(line, ""), 0):
                    self.rank[line] = rank
            line = None if line in self.bosses else self.upline[line]
        self.unfreeze()

    def upgrade(self, member: str, rank: str, size: Fraction) -> dict[str, Fraction]:
        paid: dict[str, Fraction] = defaultdict(Fraction)
        self.rank[member] = rank
        self.sell(member, self.referrer[member], [], size, paid)
        return paid

    def unfreeze(self) -> None:
        for boss in self.bosses:
            if all(left in self.bosses and self.sales[left] > self.release_sales for left in self.left[boss]):
                self.free.add(boss)
                self.frozen[boss] = Fraction(0)

    def day(self) -> list[dict[str, str]]:
        """Every seventh day lines are swapped, boss after boss; then activity counts anew."""
        self.days += 1
        if self.dead_lines != "swap" or self.days % 7:
            return []
        swaps = [swap for boss in self.recruits if boss in self.bosses for swap in self.swap(boss)]
        self.active.clear()
        self.unfreeze()
        return swaps

    def reassign(self, member: str, referrer: str) -> None:
        self.referrer[member] = referrer
        if member not in self.bosses:
            self.upline[member] = referrer

    def is_below(self, name: str | None, other: str) -> bool:
        """Whether `name` is `other` or below, by sales or by teams."""
        by_sale = by_team = name
        while by_sale and by_sale != other:
            by_sale = self.referrer[by_sale]
        while by_team and by_team != other:
            by_team = None if by_team in self.bosses else self.upline[by_team]
        return other in (by_sale, by_team)

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

    def pay_team(self, member: str, paid: dict[str, Fraction]) -> None:
        """Up the whole line: a higher rank gets the difference, the next one of that rank a share of the difference."""
        highest, waiting = 0, Fraction(0)
        above = self.referrer[member]
        while above:
            rate = self.rates.get(self.rank.get(above, ""), 0)
            if rate > highest:
                paid[above] += rate - highest
                waiting = (rate - highest) * self.peer_rate
                highest = rate
            elif rate and rate == highest:
                paid[above] += waiting
                waiting = Fraction(0)
            above = self.referrer[above]

    def team(self, boss: str) -> list[str]:
        """All agents whose line leads to this boss."""
        return [name for name in self.recruits if name not in self.bosses and self.boss_of(name) == boss]

    def boss_of(self, agent: str) -> str | None:
        above = self.upline[agent]
        while above and above not in self.bosses:
            above = self.upline[above]
        return above

    def swap(self, boss: str) -> list[dict[str, str]]:
        team = self.team(boss)
        dead = [left for left in self.left[boss] if left not in self.bosses and left not in team]
        busiest = max((self.active[name] for name in team), default=0)
        if not dead or not busiest:
            return []
        best = next(name for name in team if self.active[name] == busiest)
        back = self.chance.choice(dead)
        self.upline[best], self.upline[back] = self.upline[back], boss
        self.left[boss][self.left[boss].index(back)] = best
        return [{"boss": boss, "back": back, "left": best}]
