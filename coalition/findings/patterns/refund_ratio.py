"""A cashier or a till that gives back an unusual share of what it sells."""

from collections.abc import Sequence

from coalition.findings.pattern import History, Limits, Pattern, Sighting, Surroundings, Threshold
from coalition.findings.sale import DAY, SaleEvent
from coalition.locale.messages import N_

POSITION = 50
PERCENT = 100


def _seller(sale: SaleEvent, _: Surroundings) -> str | None:
    """The cashier or the till; all tills without a name of a shop are one."""
    return sale.seller or f"shop:{sale.shop}"


def _who_refunds(sale: SaleEvent, around: Surroundings) -> str | None:
    return _seller(sale, around) if sale.is_refund else None


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    refunds = sorted((sale for sale in sales if sale.is_refund), key=lambda sale: (sale.at, sale.seq))
    sold = len(sales) - len(refunds)
    if len(refunds) < limits["refunds"] or len(refunds) * PERCENT < limits["percent"] * sold:
        return None
    figures = {"refunds": len(refunds), "purchases": sold}
    if sold:
        figures["percent"] = len(refunds) * PERCENT // sold
    return Sighting(refunds, figures)


PATTERN = Pattern(
    name="refund_ratio",
    title=N_("Many refunds at one cashier or till"),
    about=N_("One cashier, or one till, gives back or voids an unusual share of what is sold there."),
    thresholds=(
        Threshold("percent", N_("Refunds of a hundred purchases at least"), 25, 1, 100),
        Threshold("refunds", N_("Refunds at least"), 8, 1, 1_000),
        Threshold("days", N_("Within (days)"), 7, 1, 31),
    ),
    figures={"refunds": N_("Refunds"), "purchases": N_("Purchases"), "percent": N_("Refunds of a hundred purchases")},
    history=History.SHOP,
    may_hold=False,
    span=lambda limits: limits["days"] * DAY,
    subject=_who_refunds,
    look=_look,
    belongs=_seller,
)
