"""What can be wrong with a question.

CoalitionError
├── DaysAhead     (Invalid) days of which none has begun
└── DaysReversed  (Invalid) a first day after the last
"""

from coalition.errors import CoalitionError, Invalid
from coalition.locale.messages import N_


class DaysAhead(CoalitionError, like=Invalid):
    """Days of which none has begun."""

    detail = N_("Nothing has been sold from {since:date} on yet. Choose an earlier day.")
    concerns = "since"
    since: int


class DaysReversed(CoalitionError, like=Invalid):
    """A first day that lies after the last."""

    detail = N_("The last day, {until:date}, must not lie before the first, {since:date}.")
    concerns = "until"
    since: int
    until: int
