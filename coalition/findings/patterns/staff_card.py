"""Somebody of a shop's staff who earns points at their own shop."""

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
from coalition.findings.sale import DAY, SaleEvent
from coalition.locale.messages import N_

POSITION = 40


def _colleague(sale: SaleEvent, around: Surroundings) -> str | None:
    """A member whose e-mail address is that of somebody who works at the shop."""
    if not sale.earned or sale.member not in around.staff_of(sale.shop):
        return None
    return f"member:{sale.member} shop:{sale.shop}"


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    seen = many_purchases(sales, limits, "days", DAY)
    if seen is None:
        return None
    return Sighting(seen.sales, {**seen.figures, "points": sum(sale.earned for sale in seen.sales)})


PATTERN = Pattern(
    name="staff_card",
    title=N_("Staff who earn at their own shop"),
    about=N_("A member has the e-mail address of somebody who works at the shop, and earns points there often."),
    thresholds=(
        Threshold("purchases", N_("Purchases at least"), 5, 1, 1_000),
        Threshold("days", N_("Within (days)"), 7, 1, 31),
    ),
    figures={"purchases": N_("Purchases"), "days": N_("Days"), "points": N_("Points earned")},
    history=History.MEMBER,
    may_hold=True,
    span=span_of("days", DAY),
    subject=_colleague,
    look=_look,
)
