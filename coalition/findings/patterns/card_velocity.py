"""A card that is used again and again within a short time."""

from collections.abc import Sequence

from coalition.findings.pattern import History, Limits, Pattern, Sighting, Surroundings, Threshold, busiest, member_of
from coalition.findings.sale import MINUTE, SaleEvent
from coalition.locale.messages import N_

POSITION = 10


def _span(limits: Limits) -> int:
    return limits["minutes"] * MINUTE


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    seen = busiest([sale for sale in sales if not sale.is_refund], _span(limits))
    if len(seen) < limits["purchases"]:
        return None
    return Sighting(seen, {"purchases": len(seen), "minutes": -(-(seen[-1].at - seen[0].at) // MINUTE)})


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
    span=_span,
    subject=member_of,
    look=_look,
)
