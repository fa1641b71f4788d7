"""What is sold with any scheme of purchases: referrers, levels and peers, agents, dividends, the double-points mall."""

from collections import defaultdict
from fractions import Fraction
from typing import Any

Event = dict[str, Any]
Pays = dict[str, Fraction]

THOUSANDTH = Fraction(1, 1000)


class Addons:
    """The relations by what is written; every event returns whom it pays how much."""

    def __init__(self, peer_rate: Fraction, dividend_rate: Fraction, *, flat: bool) -> None:
        self.peer_rate, self.dividend_rate, self.flat = peer_rate, dividend_rate, flat
        self.referrer: dict[str, str] = {}
        self.level: dict[str, Fraction] = {}
        self.shops: dict[str, dict[str, str]] = defaultdict(dict)
        self.shares: dict[str, Fraction] = {}
        self.dividends = Fraction(0)
        self.mall_points: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)

    def line(self, member: str) -> list[str]:
        """All referrers above, nearest first."""
        above: list[str] = []
        while member in self.referrer:
            member = self.referrer[member]
            above.append(member)
        return above

    def may_refer(self, member: str, referrer: str) -> bool:
        return member != referrer and member not in self.line(referrer)

    def purchase(self, event: Event) -> Pays:
        pays: Pays = defaultdict(Fraction)
        member, amount, shop = event["who"], event["amount"], self.shops[event["shop"]]
        line = self.line(member)
        for name, rate in zip(line, (3, 2), strict=False):
            pays[name] += amount * rate * THOUSANDTH
        self.levels(line, amount, pays)
        if "introducer" in shop:
            pays[shop["introducer"]] += amount * 5 * THOUSANDTH
        highest = Fraction(0)
        for region, rate in (("district", 1), ("city", 2), ("province", 3)):
            if region in shop and self.flat:
                pays[shop[region]] += amount * rate * THOUSANDTH
            elif region in shop and rate > highest:
                pays[shop[region]] += amount * (rate - highest) * THOUSANDTH
                highest = Fraction(rate)
        self.dividends += amount * self.dividend_rate
        self.mall_points[member].append((event["shop"], 2 * amount))
        return pays

    def levels(self, line: list[str], amount: Fraction, pays: Pays) -> None:
        """Each level gets what is above the levels below it; the next above of the same level gets a share of that."""
        ranked = [name for name in line if self.level.get(name)]
        highest = Fraction(0)
        for at, name in enumerate(ranked):
            if self.level[name] <= highest:
                continue
            got = (self.level[name] - highest) * amount
            pays[name] += got
            highest = self.level[name]
            above = ranked[at + 1 :]
            higher = next((i for i, other in enumerate(above) if self.level[other] > highest), len(above))
            peers = [other for other in above[:higher] if self.level[other] == highest]
            if peers:
                pays[peers[0]] += got * self.peer_rate

    def mall(self, event: Event) -> Pays:
        """Half in points, half in cash; a fifth of the cash to the shops where those points were earned."""
        pays: Pays = defaultdict(Fraction)
        need = points = event["amount"] / 2
        lots = self.mall_points[event["who"]]
        while need > 0:
            shop, left = lots.pop(0)
            used = min(left, need)
            if left > used:
                lots.insert(0, (shop, left - used))
            need -= used
            pays[shop] += points / 5 * used / points
        return pays

    def dividend(self) -> Pays:
        total = sum(self.shares.values())
        pays = {name: self.dividends * held / total for name, held in self.shares.items() if held}
        self.dividends -= sum(pays.values(), Fraction(0))
        return pays
