"""A tour of shops: five different ones in a month, say. Points for who buys at so many."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StrictInt

from coalition.earning.bonus_model import BonusModel, CardPoints, StatedAmount
from coalition.earning.cards import Card, CardMark
from coalition.earning.periods import CalendarPeriod
from coalition.locale.messages import N_
from settlement import Phrase

SHOPS_MAX = 1_000
SENTENCES = {
    CalendarPeriod.WEEK: N_(
        "{points:number} points for sales of {minimum:money} or more at {shops:number} shops in a week"
    ),
    CalendarPeriod.MONTH: N_(
        "{points:number} points for sales of {minimum:money} or more at {shops:number} shops in a month"
    ),
    CalendarPeriod.YEAR: N_(
        "{points:number} points for sales of {minimum:money} or more at {shops:number} shops in a year"
    ),
}


class ShopTour(BonusModel):
    """Gives `bonus_points` for sales at `different_shops` shops in a period, `minimum_minor` or more at each."""

    title = N_("Tour of shops")
    labels: ClassVar[Mapping[str, str]] = {
        "different_shops": N_("At how many different shops"),
        "period": N_("Within which time"),
        "bonus_points": N_("Points"),
        "minimum_minor": N_("From which amount on"),
    }
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "period": {
            CalendarPeriod.MONTH: N_("a month"),
            CalendarPeriod.WEEK: N_("a week"),
            CalendarPeriod.YEAR: N_("a year"),
        }
    }

    full: ClassVar[str] = N_("Tour complete: {points:number} points more.")
    unpaid: ClassVar[str] = N_("Tour complete. Its points come with a later visit.")

    kind: Literal["shop_tour"] = Field(description="Sales at several shops.")
    different_shops: Annotated[StrictInt, Field(ge=2, le=SHOPS_MAX)] = Field(
        description="At how many different shops to buy.", examples=[5]
    )
    period: Literal["week", "month", "year"] = Field(
        description="Within a week (Monday to Sunday), a month or a year of the calendar.", examples=["month"]
    )
    bonus_points: CardPoints = Field(description="The points for so many shops.", examples=[200])
    minimum_minor: StatedAmount = Field(
        description="Sales count of which so much or more is paid in money and can earn, in minor units.",
        examples=[500],
    )

    def card(self) -> Card:
        """A card of the period that each shop stamps once."""
        period = CalendarPeriod(self.period)
        return Card(self.different_shops, self.bonus_points, self.minimum_minor, period=period, once_a_shop=True)

    def sentence(self) -> str:
        """How many points for how many shops, within what."""
        return Phrase(
            SENTENCES[CalendarPeriod(self.period)],
            points=self.bonus_points,
            shops=self.different_shops,
            minimum=self.minimum_minor,
        )

    def progress(self, mark: CardMark) -> str:
        """Which shop of how many it was."""
        return Phrase(N_("Shop {stamps:number} of {needed:number}."), stamps=mark.stamps, needed=mark.needed)


BONUS = ShopTour
