"""A cashier who books again and again on the same card, which may be their own or a friend's."""

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

POSITION = 30


def _cashier_and_card(sale: SaleEvent, _: Surroundings) -> str | None:
    if sale.is_refund or sale.cashier is None:
        return None
    return f"cashier:{sale.cashier} member:{sale.member}"


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    return many_purchases(sales, limits, "days", DAY)


PATTERN = Pattern(
    name="same_card",
    title=N_("One cashier, again and again the same card"),
    about=N_("One cashier books many purchases on one member's card: it may be their own, or a friend's."),
    thresholds=(
        Threshold("purchases", N_("Purchases at least"), 12, 2, 1_000),
        Threshold("days", N_("Within (days)"), 7, 1, 31),
    ),
    figures={"purchases": N_("Purchases"), "days": N_("Days")},
    history=History.MEMBER,
    may_hold=True,
    span=span_of("days", DAY),
    subject=_cashier_and_card,
    look=_look,
)
