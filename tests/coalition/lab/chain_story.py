"""Random chains, for the scenario and for its naive twin."""

import random
from fractions import Fraction
from typing import Any, ClassVar

from tests.coalition.lab.naive.chain import Chain


class ChainStory:
    """A random chain, played by the twin and written as a scenario; `wanted` is what each row must say."""

    regions: ClassVar = {"district": 3, "city": 5, "province": 8, "greater_region": 10}

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.dead_lines = self.rng.choice(["none", "swap", "swap", "slide"])
        # A peer of the best paid gets no more than the team's part holds.
        self.peer_rate = Fraction(self.rng.choice([0, 0, 1]), 2)
        self.twin = Chain(self.dead_lines, release_sales=1, peer_rate=self.peer_rate)
        self.pays = {
            "partner": 10,
            "co-founder": 15 if self.peer_rate else 20,
            "director": 20 if self.peer_rate else 30,
        }
        self.twin.rates |= self.pays
        self.written: list[dict[str, str]] = []
        self.wanted: list[dict[str, Any]] = []
        for n in range(self.rng.randint(1, 22)):
            if n:
                self.change_rank(n)
                self.reassign(n)
            if self.dead_lines == "swap" and self.rng.random() < 0.2:
                for _ in range(7):
                    self.add({"do": "day"}, swapped=self.twin.day())
            self.join(n)

    def add(self, keys: dict[str, str], paid: dict[str, Fraction] | None = None, **figures: object) -> None:
        twin = self.twin
        state = {
            name: {
                "role": "boss" if name in twin.bosses else "agent",
                "upline": twin.upline[name],
                "frozen": twin.frozen[name],
            }
            for name in twin.recruits
        }
        self.written.append(keys)
        self.wanted.append({"paid": {name: amount for name, amount in (paid or {}).items() if amount}, "state": state})
        self.wanted[-1] |= {key: figure for key, figure in figures.items() if figure}

    def change_rank(self, members: int) -> None:
        member, rank = f"m{self.rng.randrange(members)}", self.rng.choice(list(self.pays))
        chance = self.rng.random()
        if chance < 0.08:
            self.twin.rank[member] = rank
            self.add({"do": "member", "who": member, "rank": rank})
        elif chance < 0.16:
            paid = self.twin.upgrade(member, rank, Fraction(3))
            self.add({"do": "upgrade", "who": member, "rank": rank, "amount": "3000"}, paid)
        elif chance < 0.2:
            self.twin.rates["gold"], self.twin.earned_by["gold"] = 20, 3
            self.add({"do": "rank", "rank": "gold", "pay": "20", "sales": "3"})

    def reassign(self, members: int) -> None:
        if members > 1 and self.rng.random() < 0.1:
            moved, to = (f"m{at}" for at in self.rng.sample(range(members), 2))
            if not self.twin.is_below(to, moved):
                self.twin.reassign(moved, to)
                self.add({"do": "reassign", "who": moved, "referrer": to})

    def join(self, n: int) -> None:
        # A few sellers make most of the sales, so that there are bosses and full lines.
        seller = f"m{min(int(self.rng.expovariate(0.4)), n - 1)}" if n else None
        agents = {region: f"{region} agent" for region in self.regions if self.rng.random() < 0.2}
        paid = self.twin.join(f"m{n}", seller, [(agent, self.regions[region]) for region, agent in agents.items()])
        self.add({"do": "join", "who": f"m{n}", **({"referrer": seller} if seller else {}), **agents}, paid)
