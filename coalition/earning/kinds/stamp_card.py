"""A stamp card: every tenth coffee, say. Stamps for sales, and points for each card that is full."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StrictInt

from coalition.earning.bonus_model import BonusModel, CardPoints, StatedAmount
from coalition.earning.cards import Card
from coalition.locale.messages import N_
from settlement import Phrase

STAMPS_MAX = 1_000


class StampCard(BonusModel):
    """Gives `bonus_points` for each `stamps` stamps, one for each whole `stamp_minor` of what earns."""

    title = N_("Stamp card")
    labels: ClassVar[Mapping[str, str]] = {
        "stamps": N_("Stamps that fill a card"),
        "bonus_points": N_("Points for a full card"),
        "stamp_minor": N_("Amount that gives one stamp"),
        "stamps_a_sale": N_("Most stamps for one sale; empty for one"),
        "stamps_a_day": N_("Most stamps on one day; empty for no limit"),
    }

    kind: Literal["stamp_card"] = Field(description="A stamp card.")
    stamps: Annotated[StrictInt, Field(ge=2, le=STAMPS_MAX)] = Field(
        description="How many stamps fill a card.", examples=[10]
    )
    bonus_points: CardPoints = Field(description="The points for a full card.", examples=[250])
    stamp_minor: StatedAmount = Field(
        description="A stamp for each whole so much that is paid in money and can earn, in minor units.", examples=[200]
    )
    stamps_a_sale: Annotated[StrictInt, Field(ge=1, le=STAMPS_MAX)] = Field(
        default=1, description="The most stamps for one sale: 1 for a stamp a visit.", examples=[1]
    )
    stamps_a_day: Annotated[StrictInt, Field(ge=1, le=STAMPS_MAX)] | None = Field(
        default=None, description="The most stamps for a member on one day; null for no limit.", examples=[1]
    )

    def card(self) -> Card:
        """The card."""
        return Card(self.stamps, self.bonus_points, self.stamp_minor, self.stamps_a_sale, self.stamps_a_day)

    def sentence(self) -> str:
        """How many stamps give how many points, and what a stamp takes."""
        if self.stamps_a_sale == 1:
            phrase = N_("{points:number} points for {stamps:number} stamps, one for a sale of {minimum:money} or more")
        else:
            phrase = N_("{points:number} points for {stamps:number} stamps, one for each {minimum:money}")
        return Phrase(phrase, points=self.bonus_points, stamps=self.stamps, minimum=self.stamp_minor)


BONUS = StampCard
