"""Errors of reports."""

from coalition.errors import CoalitionError, Unavailable
from coalition.locale.messages import N_


class CountsBehind(CoalitionError, like=Unavailable):
    """Reports of a book of which much is not counted yet."""

    detail = N_("Reports are being counted: {left} postings are left. Try again in a minute.")
    left: int
