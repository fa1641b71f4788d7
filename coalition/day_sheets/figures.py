"""What the figures of a day are called, in the order in which a sheet has them."""

from enum import StrEnum
from typing import NamedTuple

from coalition.locale.messages import N_


class Unit(StrEnum):
    """What a figure counts."""

    NUMBER = "number"
    MONEY = "money"
    """Minor units."""
    POINTS = "points"


class Figure(NamedTuple):
    """A figure: its name in DayFigures and in the table, and what people read."""

    name: str
    label: str
    unit: Unit


FIGURES = (
    Figure("sales", N_("Sales"), Unit.NUMBER),
    Figure("sales_minor", N_("Sold for"), Unit.MONEY),
    Figure("cash_minor", N_("Paid in money"), Unit.MONEY),
    Figure("points_earned", N_("Points given"), Unit.POINTS),
    Figure("points_taken", N_("Points taken"), Unit.POINTS),
    Figure("voids", N_("Voids"), Unit.NUMBER),
    Figure("voids_minor", N_("Voided amounts"), Unit.MONEY),
    Figure("refunds", N_("Refunds"), Unit.NUMBER),
    Figure("refunds_minor", N_("Refunded amounts"), Unit.MONEY),
    Figure("cash_back_minor", N_("Given back in money"), Unit.MONEY),
    Figure("points_returned", N_("Points returned to members"), Unit.POINTS),
    Figure("points_taken_back", N_("Points taken back"), Unit.POINTS),
    Figure("enrolled", N_("Members enrolled"), Unit.NUMBER),
    Figure("money_minor", N_("Money in the drawer"), Unit.MONEY),
)
NO_TILL = N_("By keys and accounts")
"""Who sold what no connected till did."""
