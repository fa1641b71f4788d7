"""One card at two shops that are too far apart for the time between."""

from collections.abc import Sequence
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from coalition.findings.pattern import History, Limits, Pattern, Sighting, Surroundings, Threshold, member_of, span_of
from coalition.findings.sale import MINUTE, SaleEvent
from coalition.locale.messages import N_
from coalition.merchants.shop_profile import Place

POSITION = 70
EARTH_RADIUS_METRES = 6_371_000
METRES = 1_000
"""Of a kilometre."""
HOUR_MINUTES = 60
_E6 = 1_000_000


def metres_between(first: Place, second: Place) -> int:
    """How far two places are apart on the ground, by the haversine formula, to the metre."""
    north, other_north = (radians(place.latitude / _E6) for place in (first, second))
    east, other_east = (radians(place.longitude / _E6) for place in (first, second))
    half = sin((other_north - north) / 2) ** 2 + cos(north) * cos(other_north) * sin((other_east - east) / 2) ** 2
    return round(2 * EARTH_RADIUS_METRES * asin(sqrt(min(1.0, half))))


def _look(sales: Sequence[SaleEvent], limits: Limits, around: Surroundings) -> Sighting | None:
    ordered = sorted((sale for sale in sales if sale.shop in around.places), key=lambda sale: (sale.at, sale.seq))
    for before, after in pairwise(ordered):
        apart, taken = metres_between(around.places[before.shop], around.places[after.shop]), after.at - before.at
        if apart < limits["kilometres"] * METRES or taken > limits["minutes"] * MINUTE:
            continue
        if apart * HOUR_MINUTES * MINUTE > limits["kilometres_per_hour"] * METRES * taken:
            return Sighting([before, after], {"kilometres": apart // METRES, "minutes": taken // MINUTE})
    return None


PATTERN = Pattern(
    name="far_apart",
    title=N_("One card at two shops far apart"),
    about=N_("A member buys at two shops, and nobody gets from one to the other in the time between."),
    thresholds=(
        Threshold("kilometres", N_("Kilometres apart at least"), 5, 1, 20_000),
        Threshold("kilometres_per_hour", N_("Faster than kilometres an hour"), 130, 1, 2_000),
        Threshold("minutes", N_("Within (minutes)"), 240, 1, 1_440),
    ),
    figures={"kilometres": N_("Kilometres apart"), "minutes": N_("Minutes between")},
    history=History.MEMBER,
    may_hold=True,
    span=span_of("minutes", MINUTE),
    subject=member_of,
    look=_look,
)
