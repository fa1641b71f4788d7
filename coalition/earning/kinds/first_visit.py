"""A first visit: points for who buys at a shop for the first time since the rule began."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from coalition.earning.bonus_model import BonusModel, StatedAmount, StatedPoints
from coalition.earning.cards import Card, CardMark
from coalition.locale.messages import N_
from settlement import Phrase


class FirstVisit(BonusModel):
    """Gives `bonus_points` for a member's first sale of `minimum_minor` or more at each shop."""

    title = N_("First visit to a shop")
    labels: ClassVar[Mapping[str, str]] = {
        "bonus_points": N_("Points"),
        "minimum_minor": N_("From which amount on"),
    }

    full: ClassVar[str] = N_("First visit: {points:number} points more.")
    unpaid: ClassVar[str] = N_("First visit. Its points come with a later one, at another shop.")

    kind: Literal["first_visit"] = Field(description="A member's first sale at each shop since the rule began.")
    bonus_points: StatedPoints = Field(description="The points.", examples=[50])
    minimum_minor: StatedAmount = Field(
        description="For a sale of which so much or more is paid in money and can earn, in minor units.",
        examples=[500],
    )

    def card(self) -> Card:
        """A card of one stamp, which each shop gives once."""
        return Card(1, self.bonus_points, self.minimum_minor, once_a_shop=True)

    def sentence(self) -> str:
        """How many points."""
        return Phrase(
            N_("{points:number} points for the first sale of {minimum:money} or more at a shop"),
            points=self.bonus_points,
            minimum=self.minimum_minor,
        )

    def progress(self, mark: CardMark) -> str:  # noqa: ARG002 - the shape of all kinds
        """That it was the first visit: it has its points, or will."""
        return Phrase(self.unpaid)


BONUS = FirstVisit
