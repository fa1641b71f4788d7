"""Who stands where in the chain: roles, teams, and the two options against dead lines.

`referrer` is who made the sale, unless a finding moves them to another. `upline` is the team one stands in: an agent's
sales pay the first boss above them. `placed` holds who stood directly under whom when they came; the slide fills it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import NamedTuple

AGENT = "agent"
BOSS = "boss"
RECRUITS_TO_BOSS = 3
RECRUITS_LEFT = 2
LINES = 3
PLACES_UNDER = 2


@dataclass
class Member:
    """One buyer of the package. `sales_below` counts sales by them and by whoever stood below them.

    `active` counts those since the last date of swaps.
    """

    referrer: str = ""
    upline: str = ""
    role: str = AGENT
    rank: str = ""
    recruits: list[str] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    sales_below: int = 0
    active: int = 0


class Swap(NamedTuple):
    """One line taken back by a boss, and the member who was left with the upline instead."""

    boss: str
    back: str
    left: str


@dataclass
class Tree:
    """All members of a chain, in the order in which they joined. `left_by` lists the bosses who left a member."""

    members: dict[str, Member] = field(default_factory=dict)
    order: dict[str, int] = field(default_factory=dict)
    left_by: dict[str, list[str]] = field(default_factory=dict)

    def join(self, name: str, referrer: str, *, slide: bool) -> bool:
        """Place a new agent. Returns whether this makes the referrer a boss."""
        self.members[name] = Member(referrer)
        self.order[name] = len(self.order)
        if not referrer:
            return False
        seller = self.members[referrer]
        seller.recruits.append(name)
        parent = self._slide(seller) if slide and len(seller.recruits) > LINES else referrer
        self.members[name].upline = parent
        self.members[parent].placed.append(name)
        if seller.role == AGENT and len(seller.recruits) == RECRUITS_TO_BOSS:
            self._promote(referrer)
            return True
        return False

    def above(self, name: str) -> Iterator[str]:
        """A member, then everyone above in the team, up to and with the first boss."""
        while name:
            yield name
            member = self.members[name]
            name = "" if member.role == BOSS else member.upline

    def boss_above(self, agent: str) -> str:
        """The boss whose team an agent stands in; empty if there is none."""
        return next((name for name in self.above(agent) if self.members[name].role == BOSS), "")

    def referrers(self, name: str) -> Iterator[str]:
        """The referrer, that one's referrer, and so on to the top."""
        while name := self.members[name].referrer:
            yield name

    def reassign(self, name: str, referrer: str) -> None:
        """Move a member to another referrer, and an agent with all who stand below into that one's team.

        Nothing else changes: who sold what, and which recruits were left with whom, stays as it was.
        """
        member = self.members[name]
        member.referrer = referrer
        if member.role == AGENT:
            member.upline = referrer

    def stands_below(self, name: str, other: str) -> bool:
        """Whether `name` is `other` or stands below them, by referrers or by teams."""
        team = self.above(name)
        return name == other or other in self.referrers(name) or other in team

    def count_sale(self, seller: str) -> list[str]:
        """Count a sale for its seller and everyone above in the team. Returns whose it is."""
        counted = list(self.above(seller)) if seller else []
        for name in counted:
            self.members[name].sales_below += 1
            self.members[name].active += 1
        return counted

    def swap_all(self, random: Random) -> list[Swap]:
        """A date of swaps: every boss, in the order of joining, may take one line back. Then activity counts anew."""
        below: dict[str, list[str]] = {}
        for name, member in self.members.items():
            if member.role == AGENT:
                below.setdefault(member.upline, []).append(name)
        bosses = [name for name, member in self.members.items() if member.role == BOSS]
        swaps = [swap for name in bosses if (swap := self._swap(name, below, random))]
        for member in self.members.values():
            member.active = 0
        return swaps

    def _swap(self, boss: str, below: dict[str, list[str]], random: Random) -> Swap | None:
        """Take one left line back and leave the most active member of the team instead.

        Only a left recruit who is still an agent comes back; chance picks between two. Of equally active members the
        one who joined first is left. `below` lists agents by their upline, and is kept so.
        """
        member = self.members[boss]
        team = self._team(boss, below)
        # A finding may have moved a left recruit into the team already.
        dead = [name for name in member.left if self.members[name].role == AGENT and name not in team]
        best = max(team, key=lambda name: self.members[name].active, default="")
        if not dead or not best or not self.members[best].active:
            return None
        back = random.choice(dead)
        for name, upline in ((best, self.members[back].upline), (back, boss)):
            below[self.members[name].upline].remove(name)
            below.setdefault(upline, []).append(name)
            self.members[name].upline = upline
        member.left[member.left.index(back)] = best
        self.left_by[back].remove(boss)
        self.left_by.setdefault(best, []).append(boss)
        return Swap(boss, back, best)

    def _team(self, boss: str, below: dict[str, list[str]]) -> list[str]:
        """All agents who stand below a boss, in the order of joining."""
        team: set[str] = set()
        waiting = list(below.get(boss, ()))
        while waiting:
            name = waiting.pop()
            team.add(name)
            waiting.extend(below.get(name, ()))
        return sorted(team, key=self.order.__getitem__)

    def _promote(self, name: str) -> None:
        """Make a boss: the first two recruits stay with the upline, the boss leaves with the rest.

        A recruit whom a finding or a swap has moved out of the team stays where they stand: the upline may stand
        below them by now.
        """
        member = self.members[name]
        member.left = member.recruits[:RECRUITS_LEFT]
        for recruit in member.left:
            self.left_by.setdefault(recruit, []).append(name)
            if self.members[recruit].role == AGENT and self.members[recruit].upline == name:
                self.members[recruit].upline = member.upline
        member.role = BOSS
        member.upline = ""

    def _slide(self, seller: Member) -> str:
        """Three-three slide: under whom the 4th and later recruits go.

        Layer after layer, each of two places under everybody in the layer above: line 3 first, then lines 1
        and 2. The layers of line 3 hold 2, 4, 8 … and those of lines 1 and 2 together 4, 8, 16 …
        """
        first, second, third = (([head]) for head in seller.recruits[:LINES])
        while True:
            for layer in (third, first + second):
                for name in layer:
                    if len(self.members[name].placed) < PLACES_UNDER:
                        return name
            first, second, third = (self._below(layer) for layer in (first, second, third))

    def _below(self, layer: list[str]) -> list[str]:
        return [name for above in layer for name in self.members[above].placed[:PLACES_UNDER]]
