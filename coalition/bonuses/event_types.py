"""Events of bonus rules: what was set aside for them, and what of it was put back."""

from typing import Annotated, NotRequired

from coalition.events.data import About, PostedData
from coalition.events.event_type import EventType
from coalition.events.posting import PostingEvent


class BonusBudgetData(PostedData):
    """Points that funders have set aside for a bonus rule, or that were put back when it ended."""

    rule: Annotated[str, About("The rule.")]
    version: Annotated[int, About("Its version.")]
    by: Annotated[str, About("Who did it.")]
    points_set_aside: NotRequired[Annotated[int, About("The points that were set aside.")]]
    points_put_back: NotRequired[Annotated[int, About("The points that were left, and go back.")]]


BONUS_BUDGET_CHANGED = EventType(
    "bonus_budget.changed",
    "Points were set aside for a bonus rule, or what is left of them was put back.",
    BonusBudgetData,
)

POSTING_EVENTS = (PostingEvent("bonus_budget", BONUS_BUDGET_CHANGED, "bbd"),)
