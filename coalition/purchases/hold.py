"""A hold of up to so many points: as many as the member has at that moment. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from settlement import Hold, Leg, View


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """At most `points` of the member's points are locked for the shop, until `lapses_at` (µs since 1970 UTC)."""

    shop: str
    member: str
    points: int
    lapses_at: int

    @property
    def owners(self) -> Sequence[str]:
        """Whose accounts the plan may touch."""
        return self.shop, self.member

    def __call__(self, view: View) -> Sequence[Leg]:
        """What is there, up to what was asked; where nothing is there, the book refuses what was asked."""
        points = min(view.points(self.member), self.points) or self.points
        return [Hold(self.shop, self.member, points, self.lapses_at)]
