"""A cashier who rings up more than anybody can serve."""

from collections.abc import Sequence

from coalition.findings.pattern import (
    History,
    Limits,
    Pattern,
    Sighting,
    Surroundings,
    Threshold,
    many_purchases,
    span_of,
)
from coalition.findings.sale import MINUTE, SaleEvent
from coalition.locale.messages import N_

POSITION = 20


def _seller(sale: SaleEvent, _: Surroundings) -> str | None:
    return None if sale.is_refund else sale.seller


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    seen = many_purchases([sale for sale in sales if not sale.is_refund], limits, "minutes", MINUTE)
    if seen is None:
        return None
    return Sighting(seen.sales, {**seen.figures, "cards": len({sale.member for sale in seen.sales})})


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
    span=span_of("minutes", MINUTE),
    subject=_seller,
    look=_look,
)
