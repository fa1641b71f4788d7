"""A cashier who rings up more than anybody can serve."""

from collections.abc import Sequence

from coalition.findings.pattern import History, Limits, Pattern, Sighting, Surroundings, Threshold, busiest
from coalition.findings.sale import MINUTE, SaleEvent
from coalition.locale.messages import N_

POSITION = 20


def _span(limits: Limits) -> int:
    return limits["minutes"] * MINUTE


def _seller(sale: SaleEvent, _: Surroundings) -> str | None:
    return None if sale.is_refund else sale.seller


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    seen = busiest([sale for sale in sales if not sale.is_refund], _span(limits))
    if len(seen) < limits["purchases"]:
        return None
    cards = len({sale.member for sale in seen})
    minutes = -(-(seen[-1].at - seen[0].at) // MINUTE)
    return Sighting(seen, {"purchases": len(seen), "minutes": minutes, "cards": cards})


PATTERN = Pattern(
    name="cashier_velocity",
    title=N_("A cashier faster than anybody can serve"),
    about=N_("One cashier, or one till, books more purchases within a short time than customers can be served."),
    thresholds=(
        Threshold("purchases", N_("Purchases at least"), 40, 2, 10_000),
        Threshold("minutes", N_("Within (minutes)"), 10, 1, 1_440),
    ),
    figures={"purchases": N_("Purchases"), "minutes": N_("Minutes"), "cards": N_("Members")},
    history=History.SHOP,
    may_hold=False,
    span=_span,
    subject=_seller,
    look=_look,
)
