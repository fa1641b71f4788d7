"""A hold of up to so many points: as many as the member, and then the household, has at that moment. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from settlement.ledger import NEVER, BookView, Hold, Leg, TakeToken

HOLD_PREFIX = "hold"
"""What the public id of a hold begins with."""


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """At most `points` are locked for the shop, until `lapses_at` (µs since 1970 UTC).

    The member's own go first, then those of each in `pool`, in this order. `token` is what the hold takes once and for
    all: the pay code that it was placed with.
    """

    shop: str
    member: str
    points: int
    lapses_at: int
    pool: Sequence[str] = ()
    expires_on: int = NEVER
    token: str | None = None

    @property
    def owners(self) -> Sequence[str]:
        """Whose accounts the plan may touch."""
        tokens = () if self.token is None else (self.token,)
        return self.shop, self.member, *self.pool, *tokens

    def __call__(self, view: BookView) -> Sequence[Leg]:
        """What the members have, up to what was asked; where they have nothing, the book refuses what was asked."""
        available = sum(view.points(owner) for owner in (self.member, *self.pool))
        hold = Hold(self.shop, self.member, min(available, self.points) or self.points, self.lapses_at, self.pool)
        return [hold] if self.token is None else [TakeToken(self.token), hold]
