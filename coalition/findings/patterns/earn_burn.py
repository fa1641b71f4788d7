"""A member who earns, spends the points at once, and gives the purchase that earned them back."""

from collections.abc import Sequence

from coalition.findings.pattern import History, Limits, Pattern, Sighting, Surroundings, Threshold, busiest, span_of
from coalition.findings.sale import DAY, SaleEvent
from coalition.locale.messages import N_

POSITION = 60
_span = span_of("days", DAY)


def _who_spent_first(sale: SaleEvent, _: Surroundings) -> str | None:
    """The member of a refund that could not take all points back, because they were spent."""
    return f"member:{sale.member}" if sale.is_refund and sale.owed else None


def _look(sales: Sequence[SaleEvent], limits: Limits, _: Surroundings) -> Sighting | None:
    seen = busiest(sales, _span(limits))
    if len(seen) < limits["loops"]:
        return None
    return Sighting(seen, {"loops": len(seen), "points": sum(sale.owed for sale in seen)})


PATTERN = Pattern(
    name="earn_burn",
    title=N_("Points spent, then the purchase given back"),
    about=N_("A member earns points, spends them, and then gives back the purchase that earned them."),
    thresholds=(
        Threshold("loops", N_("Times at least"), 2, 1, 100),
        Threshold("days", N_("Within (days)"), 30, 1, 92),
    ),
    figures={"loops": N_("Times"), "points": N_("Points spent before")},
    history=History.MEMBER,
    may_hold=False,
    span=_span,
    subject=_who_spent_first,
    look=_look,
)
