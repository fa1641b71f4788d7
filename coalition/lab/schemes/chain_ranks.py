"""The ranks of a chain: up to nine, given, bought with a bigger package, or earned by sales below."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from coalition.lab.numbers import ZERO, Exact
from coalition.lab.params import Params
from coalition.lab.scheme import EventKind, ScenarioEvent
from coalition.lab.schemes.chain_lines import Member
from coalition.lab.schemes.levels import by_difference
from coalition.locale.messages import N_
from settlement import Phrase

RANKS_MAX = 9
NAMED = ("partner", "co-founder", "director")
"""The ranks that every chain has, lowest first; they share the dividends."""
DIVIDEND_SHARES = {
    "director": Exact(30, 100),
    "co-founder": Exact(30, 100),
    "partner": Exact(40, 100),
}

RANK_EVENT = EventKind(
    "rank",
    ("rank",),
    ("pay", "sales"),
    N_("sets a rank: its pay of a package, and the sales below that earn it"),
)


@dataclass(frozen=True)
class ChainRank:
    """One rank: what it is paid of a package by difference, and the sales below that earn it (0: it is not earned)."""

    pay: Exact
    sales: Exact = ZERO


class Ranks:
    """The ranks of one chain by name."""

    def __init__(self, params: Params) -> None:
        self.params = params
        self.of = {name: ChainRank(params[f"{name}_pay"]) for name in NAMED}

    def declare(self, event: ScenarioEvent) -> None:
        """Take in a `rank` event. Raises EventRefused for a tenth rank, and for pay above the team's part."""
        name = event.text("rank")
        before = self.of.get(name, ChainRank(ZERO))
        rank = ChainRank(event.number("pay", default=before.pay), event.number("sales", default=before.sales))
        if name not in self.of and len(self.of) == RANKS_MAX:
            raise event.refused(Phrase(N_("there are {most} ranks at most"), most=RANKS_MAX))
        if most_paid(rank.pay, self.params) > self.params["team_part"]:
            raise event.refused(Phrase(N_("a sale can pay {most} out of it"), most=most_paid(rank.pay, self.params)))
        self.of[name] = rank

    def check(self, event: ScenarioEvent) -> str:
        """The rank that an event names, empty for none. Raises EventRefused for one that is not set."""
        name = event.text("rank")
        if name and name not in self.of:
            raise event.refused(
                Phrase(N_("{rank} is not a rank; allowed: {ranks}"), rank=repr(name), ranks=", ".join(self.of))
            )
        return name

    def earned(self, member: Member) -> str:
        """The best-paid rank that a member's sales below have earned, if it is above the one they have."""
        best, pay = "", self.of[member.rank].pay if member.rank else ZERO
        for name, rank in self.of.items():
            if rank.sales and member.sales_below >= rank.sales and rank.pay > pay:
                best, pay = name, rank.pay
        return best

    def team_pay(self, above: Iterable[tuple[str, str]]) -> Mapping[str, Exact]:
        """What a package pays to the ranked members above its buyer, nearest first: by difference, and to peers."""
        return by_difference([(name, self.of[rank].pay) for name, rank in above], self.params["peer_rate"])


def most_paid(pay: Exact, params: Params) -> Exact:
    """The most that one package can pay to the ranks: the highest pay, once by difference and once to peers."""
    return pay * (1 + params["peer_rate"])
