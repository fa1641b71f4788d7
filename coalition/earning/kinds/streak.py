"""A streak: a sale in each of four weeks in a row, say. Points for who keeps coming."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StrictInt

from coalition.earning.bonus_model import BonusModel, CardPoints, StatedAmount
from coalition.earning.cards import RUN_MAX, Card, CardMark
from coalition.earning.periods import CalendarPeriod
from coalition.locale.messages import N_
from settlement import Phrase

SENTENCES = {
    CalendarPeriod.DAY: N_(
        "{points:number} points for {times:number} days in a row with a sale of {minimum:money} or more"
    ),
    CalendarPeriod.WEEK: N_(
        "{points:number} points for {times:number} weeks in a row with a sale of {minimum:money} or more"
    ),
    CalendarPeriod.MONTH: N_(
        "{points:number} points for {times:number} months in a row with a sale of {minimum:money} or more"
    ),
}
STEPS = {
    CalendarPeriod.DAY: N_("Day {stamps:number} of {needed:number} in a row."),
    CalendarPeriod.WEEK: N_("Week {stamps:number} of {needed:number} in a row."),
    CalendarPeriod.MONTH: N_("Month {stamps:number} of {needed:number} in a row."),
}


class Streak(BonusModel):
    """Gives `bonus_points` for `times` days, weeks or months in a row, each with a sale of `minimum_minor` or more."""

    title = N_("Streak")
    labels: ClassVar[Mapping[str, str]] = {
        "times": N_("How many in a row"),
        "period": N_("How often"),
        "bonus_points": N_("Points"),
        "minimum_minor": N_("From which amount on"),
    }
    choices: ClassVar[Mapping[str, Mapping[str, str]]] = {
        "period": {
            CalendarPeriod.WEEK: N_("week after week"),
            CalendarPeriod.DAY: N_("day after day"),
            CalendarPeriod.MONTH: N_("month after month"),
        }
    }

    full: ClassVar[str] = N_("Streak complete: {points:number} points more.")
    unpaid: ClassVar[str] = N_("Streak complete. Its points come with a later sale.")

    kind: Literal["streak"] = Field(description="Sales in several periods in a row.")
    times: Annotated[StrictInt, Field(ge=2, le=RUN_MAX)] = Field(description="How many in a row.", examples=[4])
    period: Literal["day", "week", "month"] = Field(
        description="Days, weeks (Monday to Sunday) or months of the calendar.", examples=["week"]
    )
    bonus_points: CardPoints = Field(
        description="The points for so many in a row; then it begins anew.", examples=[100]
    )
    minimum_minor: StatedAmount = Field(
        description="Sales count of which so much or more is paid in money and can earn, in minor units.",
        examples=[500],
    )

    def card(self) -> Card:
        """A card on which periods in a row count."""
        return Card(
            self.times, self.bonus_points, self.minimum_minor, period=CalendarPeriod(self.period), in_a_row=True
        )

    def sentence(self) -> str:
        """How many points for how many in a row."""
        return Phrase(
            SENTENCES[CalendarPeriod(self.period)],
            points=self.bonus_points,
            times=self.times,
            minimum=self.minimum_minor,
        )

    def progress(self, mark: CardMark) -> str:
        """The how many-th in a row it is."""
        if not mark.stamps:
            return Phrase(N_("The streak of this time is complete."))
        return Phrase(STEPS[CalendarPeriod(self.period)], stamps=mark.stamps, needed=mark.needed)


BONUS = Streak
