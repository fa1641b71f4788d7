"""A town to try a scheme on where nobody has purchases at hand: members join week by week, and buy once in each."""

import csv
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from io import StringIO

from coalition.lab.errors import ScenarioInvalid
from coalition.lab.params import Param, Params
from coalition.locale.messages import N_
from coalition.purchases.columns import HEADER
from settlement import Phrase

TOWN_PARAMS = (
    Param("members", "60", "count", N_("members, who join evenly over all the weeks")),
    Param("weeks", "12", "count", N_("weeks; a member buys once in each since joining")),
    Param("amount", "100", "positive", N_("amount of a purchase")),
)
MOST: Mapping[str, int] = {"members": 300, "weeks": 26, "amount": 100_000}
"""So that a run stays below a second."""
SHOPS = ("Bakery", "Butcher", "Café")
FIRST_DAY = date(2026, 1, 5)
SPENDS_EVERY = 4
"""Each fourth purchase of a member asks for all points, which only the coalition beside the scheme knows."""
WEEK_DAYS = 7


def town_params(values: Mapping[str, str]) -> Params:
    """The size of a town. Raises ScenarioInvalid for one that is no town, or too large."""
    params = Params(TOWN_PARAMS, values)
    for name, most in MOST.items():
        if not 0 < params[name] <= most:
            problem = Phrase(N_("{value} is out of range"), value=params.text[name])
            raise ScenarioInvalid(f"params.{name}", problem, Phrase(N_("above 0, up to {most}"), most=f"{most:,}"))
    return params


def town_purchases(params: Mapping[str, int | str]) -> str:
    """The town's purchases, as a file of purchases has them."""
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER)
    writer.writerows(_rows(int(params["members"]), int(params["weeks"]), str(params["amount"])))
    return out.getvalue()


def _rows(members: int, weeks: int, amount: str) -> Iterator[tuple[str, str, str, str, str]]:
    joined = [member * weeks // members for member in range(members)]
    for week in range(weeks):
        here = [member for member, first in enumerate(joined) if first <= week]
        for nth, member in enumerate(here):
            day = FIRST_DAY + timedelta(week * WEEK_DAYS + nth * WEEK_DAYS // len(here))
            bought = week - joined[member]
            spend = "all" if (bought + 1) % SPENDS_EVERY == 0 else ""
            shop = SHOPS[(member + bought) % len(SHOPS)]
            yield f"{day.isoformat()}T12:00:00", f"m{member + 1}", shop, amount, spend
