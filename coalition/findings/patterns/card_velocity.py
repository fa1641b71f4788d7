"""A card that is used again and again within a short time."""

from collections.abc import Sequence

from coalition.findings.pattern import (
    History,
    Limits,
    Pattern,
    Sighting,
    Surroundings,
    Threshold,
    many_purchases,
    member_of,
    span_of,
)
from coalition.findings.sale import MINUTE, SaleEvent
from coalition.locale.messages import N_

POSITION = 10


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    return many_purchases([sale for sale in sales if not sale.is_refund], limits, "minutes", MINUTE)


PATTERN = Pattern(
    name="card_velocity",
    title=N_("A card used very often"),
    about=N_("One member buys again and again within a short time, at one shop or at several."),
    thresholds=(
        Threshold("purchases", N_("Purchases at least"), 6, 2, 1_000),
        Threshold("minutes", N_("Within (minutes)"), 60, 1, 1_440),
    ),
    figures={"purchases": N_("Purchases"), "minutes": N_("Minutes")},
    history=History.MEMBER,
    may_hold=True,
    span=span_of("minutes", MINUTE),
    subject=member_of,
    look=_look,
)
