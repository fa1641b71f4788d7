"""Give whatever there is: the plan behind merges, and behind gifts that were waiting. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from settlement.ledger import NEVER, BookView, Give, Leg, PassCounts


@dataclass(frozen=True, slots=True)
class GiveAll:
    """All points that `giver` can spend at that moment go to `receiver`; nothing happens where there are none."""

    giver: str
    receiver: str
    expires_on: int = NEVER

    @property
    def owners(self) -> Sequence[str]:
        """Whose accounts the plan may touch."""
        return self.giver, self.receiver

    def __call__(self, view: BookView) -> Sequence[Leg]:
        """One gift, or none."""
        points = view.points(self.giver)
        return [Give(self.giver, self.receiver, points)] if points else []


@dataclass(frozen=True, slots=True)
class PassAll(GiveAll):
    """The same, and all that is counted of `giver` is counted of `receiver` from now on."""

    def __call__(self, view: BookView) -> Sequence[Leg]:
        """One gift where there are points, and the counts where there are any."""
        gift = GiveAll.__call__(self, view)
        return [*gift, PassCounts(self.giver, self.receiver)] if view.counts(self.giver) else gift
