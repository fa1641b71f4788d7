"""Who stands where in the chain: roles, teams, and the two options against dead lines.

`referrer` is who made the sale and never changes. `upline` is the team one stands in: an agent's sales pay
the first boss above them. `placed` holds who stood directly under whom when they came; the slide fills it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

AGENT = "agent"
BOSS = "boss"
RECRUITS_TO_BOSS = 3
RECRUITS_LEFT = 2
LINES = 3
PLACES_UNDER = 2


@dataclass
class Member:
    """One buyer of the package. `sales_below` counts sales by them and by whoever stood below them."""

    referrer: str = ""
    upline: str = ""
    role: str = AGENT
    rank: str = ""
    recruits: list[str] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    sales_below: int = 0


@dataclass
class Tree:
    """All members of a chain, in the order in which they joined."""

    members: dict[str, Member] = field(default_factory=dict)

    def join(self, name: str, referrer: str, *, slide: bool) -> bool:
        """Place a new agent. Returns whether this makes the referrer a boss."""
        self.members[name] = Member(referrer)
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

    def referrers(self, name: str, levels: int) -> list[str]:
        """The referrer, that one's referrer, and so on, at most `levels` of them."""
        chain: list[str] = []
        while len(chain) < levels and self.members[name].referrer:
            name = self.members[name].referrer
            chain.append(name)
        return chain

    def swap(self, boss: str) -> tuple[str, str] | None:
        """Take back the weaker line that was left and leave the most active recruit instead.

        Only a left recruit who is still an agent is taken back, and only for one with more sales below.
        Returns who came back and who was left, or None.
        """
        member = self.members[boss]
        dead = [recruit for recruit in member.left if self.members[recruit].role == AGENT]
        others = [recruit for recruit in member.recruits if recruit not in member.left]
        if not dead or not others:
            return None
        back = min(dead, key=lambda recruit: self.members[recruit].sales_below)
        best = max(others, key=lambda recruit: self.members[recruit].sales_below)
        if self.members[best].sales_below <= self.members[back].sales_below:
            return None
        if self.members[best].role == AGENT:
            self.members[best].upline = self.members[back].upline
        self.members[back].upline = boss
        member.left[member.left.index(back)] = best
        return back, best

    def _promote(self, name: str) -> None:
        """Make a boss: the first two recruits stay with the upline, the boss leaves with the rest."""
        member = self.members[name]
        member.left = member.recruits[:RECRUITS_LEFT]
        for recruit in member.left:
            if self.members[recruit].role == AGENT:
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
