"""Counts that legs change: of stamps, of visits, of what somebody got until now. They are neither points nor money."""

from collections.abc import Sequence
from typing import NamedTuple

from settlement.ledger.accounts import NEVER


class MeterRef(NamedTuple):
    """A count of its owner's, until the end of a day (yyyymmdd), at one `shop` or wherever. The number says of what.

    The `expires_on` of a plan that touches a meter lies no later than its `until`.
    """

    owner: str
    number: int
    until: int = NEVER
    shop: str | None = None


class Count(NamedTuple):
    """So much more is counted on a meter."""

    meter: MeterRef
    amount: int


class CountBack(NamedTuple):
    """Take back `amount` of what posting `of` counted on a meter, or what is left of it where that is less.

    It must have counted something there.

    `holders` are the ids that its owner stands for since a merge, if there are several: the count may lie under any.
    """

    of: int
    meter: MeterRef
    amount: int
    holders: Sequence[str] = ()


class PassCounts(NamedTuple):
    """All that is counted of a member, and not over, is counted of another from now on."""

    giver: str
    receiver: str
