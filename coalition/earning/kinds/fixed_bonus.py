"""A fixed bonus: so many points for a sale of an amount or more."""

from collections.abc import Mapping
from fractions import Fraction
from typing import ClassVar, Literal

from pydantic import Field

from coalition.earning.bonus_model import BonusModel, StatedAmount, StatedPoints
from coalition.locale.messages import N_
from settlement import Phrase


class FixedBonus(BonusModel):
    """Gives `bonus_points` where `minimum_minor` or more of a sale earns."""

    title = N_("So many points more")
    labels: ClassVar[Mapping[str, str]] = {
        "bonus_points": N_("Points"),
        "minimum_minor": N_("From which amount on"),
    }

    kind: Literal["fixed_bonus"] = Field(description="A fixed number of points.")
    bonus_points: StatedPoints = Field(description="The points.", examples=[50])
    minimum_minor: StatedAmount = Field(
        description="For sales of which so much or more is paid in money and can earn, in minor units.",
        examples=[2000],
    )

    def points(self, base: int, earning_minor: Fraction) -> int:  # noqa: ARG002 - the shape of all kinds
        """All of them or none."""
        return self.bonus_points if earning_minor >= self.minimum_minor else 0

    def least_granted(self) -> int:
        """All of them."""
        return self.bonus_points

    def sentence(self) -> str:
        """How many, and for how much."""
        if self.bonus_points == 1:
            return Phrase(N_("1 more point from {minimum:money} on"), minimum=self.minimum_minor)
        several = N_("{points:number} more points from {minimum:money} on")
        return Phrase(several, points=self.bonus_points, minimum=self.minimum_minor)


BONUS = FixedBonus
