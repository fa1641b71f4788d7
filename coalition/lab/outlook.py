"""When does it end: how many more purchases the next one to be paid needs, and everybody."""

from dataclasses import dataclass
from itertools import accumulate

from coalition.lab.growth import Growth
from coalition.lab.numbers import ZERO, Exact
from coalition.lab.scheme import Scheme


@dataclass(frozen=True)
class Outlook:
    """What further purchases of the mean size so far do. Units of money.

    One adds `brings` to the money there and `promises` to what is owed. `next_exit` counts the purchases until the next
    participant has got what was promised, `everybody` until all who wait now have; None where no number is enough, or
    nobody waits. What the newcomers themselves are promised is not paid by then.
    """

    purchase: Exact
    brings: Exact
    promises: Exact
    next_exit: int | None
    everybody: int | None


def look_ahead(scheme: Scheme) -> Outlook:
    """The outlook of a run as it stands."""
    promises = scheme.promises
    purchase = promises.spent / promises.purchases if promises.purchases else ZERO
    brings, promised = scheme.one_more(purchase)
    ahead = scheme.exits_ahead(purchase) if promises.outstanding and purchase else (None, None)
    return Outlook(purchase, brings, promised, *ahead)


def month_of(purchases: int, growth: Growth) -> int | None:
    """The month of a growth experiment, from 1, by whose end so many are expected to have joined; None if never."""
    joined = accumulate(growth.expected)
    return next((month for month, count in enumerate(joined, start=1) if count >= purchases), None)
