"""What if everybody wants out, or some do: who gets what of the money that is there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from coalition.lab.errors import EventRefused
from coalition.lab.money import PartyMoney
from coalition.lab.numbers import ONE, ZERO, Exact, ceiling
from coalition.lab.parties import Party
from coalition.lab.scheme import Claim, Figures, ScenarioEvent, Scheme

Order = Literal["joining", "reverse", "pro_rata"]


@dataclass(frozen=True)
class Leaving:
    """Holders leave, one after another or (pro rata) all at the same moment. Units of money.

    `got` is what each received, in the order in which they left; `owed` is what the scheme had promised them and not
    yet delivered. `refused` counts those who had nothing left to sell when their turn came.
    """

    order: Order
    got: Mapping[str, Exact]
    owed: Mapping[str, Exact]
    refused: int
    after: Figures | None

    @property
    def paid(self) -> Exact:
        """To all of them."""
        return sum(self.got.values(), ZERO)

    @property
    def promised(self) -> Exact:
        """To all of them."""
        return sum(self.owed.values(), ZERO)

    @property
    def short(self) -> Exact:
        """What they were owed, less what they got."""
        return max(self.promised - self.paid, ZERO)

    @property
    def in_full(self) -> int:
        """How many got at least what they were owed."""
        return sum(self.got[name] >= owed for name, owed in self.owed.items())

    @property
    def empty_handed(self) -> int:
        """How many got nothing."""
        return sum(not amount for amount in self.got.values())


def leave(scheme: Scheme, claims: Sequence[Claim], order: Order) -> tuple[Leaving, dict[Party, PartyMoney]]:
    """Let holders leave one after another, as `claims` has them. The scheme itself is left as it is.

    Returns also everybody's side of the ledger of that day.
    """
    after = scheme.fork()
    refused = 0
    for index, claim in enumerate(claims):
        try:
            after.step(ScenarioEvent(index, claim.event["do"], claim.event))
        except EventRefused:
            # Somebody forced out earlier that day has nothing left to sell.
            refused += 1
    sides = after.money.parties()
    got = {claim.holder: _received(sides, claim.holder) for claim in claims}
    return Leaving(order, got, _owed(scheme, claims), refused, after.figures()), sides


def leave_together(scheme: Scheme) -> Leaving:
    """Everybody leaves at the same moment: who claims more than is there shares it in proportion to the claims."""
    claims = scheme.claims()
    asked = sum((claim.amount for claim in claims), ZERO)
    share = min(ONE, scheme.exit_money() / asked) if asked else ONE
    got = {claim.holder: claim.amount * share for claim in claims}
    return Leaving("pro_rata", got, _owed(scheme, claims), 0, None)


def first_share(claims: Sequence[Claim], share: Exact) -> Sequence[Claim]:
    """The first `share` of the claims, rounded up to whole holders."""
    return claims[: ceiling(len(claims) * share)]


def _received(sides: Mapping[Party, PartyMoney], holder: str) -> Exact:
    side = sides.get(Party.member(holder))
    return side.received.total if side else ZERO


def _owed(scheme: Scheme, claims: Sequence[Claim]) -> dict[str, Exact]:
    promises = scheme.promises.of
    return {claim.holder: promises[claim.holder].open if claim.holder in promises else ZERO for claim in claims}
