"""Dividends by shares held: a part of each purchase waits in a pot until it is shared out by weight."""

from dataclasses import dataclass, field

from coalition.lab.numbers import ZERO, Exact, carried
from coalition.lab.params import Param
from coalition.lab.scheme import EventKind, ScenarioEvent
from coalition.locale.messages import N_

DIVIDENDS = "dividends"

DIVIDEND_PARAM = Param("dividend_rate", "0", "share", N_("of a purchase, to the dividends of shareholders"))
SHAREHOLDER_EVENT = EventKind(
    "shareholder", ("who", "shares"), (), N_("holds that many shares: the weight of their dividend")
)
DIVIDEND_EVENT = EventKind("dividend", (), (), N_("shares out the dividends"))


@dataclass
class Shareholders:
    """Who holds how many shares."""

    shares: dict[str, Exact] = field(default_factory=dict)

    def declare(self, event: ScenarioEvent) -> None:
        """Take in a `shareholder` event; what it says replaces what was said before."""
        self.shares[event.participant] = event.number("shares")

    def weigh(self, amount: Exact) -> dict[str, Exact]:
        """`amount` by shares held; nothing while nobody holds any. What cutting long fractions leaves is not shared."""
        total = sum(self.shares.values(), ZERO)
        return {name: carried(amount * held / total) for name, held in self.shares.items() if held}
