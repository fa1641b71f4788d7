"""The states of a shop, and what it may do in each. Pure rules."""

from collections.abc import Mapping
from enum import StrEnum

from coalition.errors import CoalitionError


class Status(StrEnum):
    """Where a shop stands with the alliance."""

    APPLIED = "applied"
    """It wants to join; the book does not know it yet."""
    ACTIVE = "active"
    """Members earn and spend there."""
    SUSPENDED = "suspended"
    """It neither issues nor takes points for now; its points are good at the others."""
    LEAVING = "leaving"
    """It issues no more, takes points until its last day, and its points stay good until they lapse."""
    LEFT = "left"
    """It neither issues nor takes points. What is outstanding of it settles on."""


NEXT: Mapping[Status, frozenset[Status]] = {
    Status.APPLIED: frozenset({Status.ACTIVE, Status.LEFT}),
    Status.ACTIVE: frozenset({Status.SUSPENDED, Status.LEAVING}),
    Status.SUSPENDED: frozenset({Status.ACTIVE, Status.LEAVING, Status.LEFT}),
    Status.LEAVING: frozenset({Status.ACTIVE, Status.SUSPENDED, Status.LEFT}),
    # Its final settlement is under way: who comes back joins anew, under another name in the book.
    Status.LEFT: frozenset(),
}
"""Which states may follow which."""

MAY_ISSUE = frozenset({Status.ACTIVE})
MAY_REDEEM = frozenset({Status.ACTIVE, Status.LEAVING})


class StatusUnreachable(CoalitionError):
    """A shop that can't go from where it stands to where it should."""

    def __init__(self, shop: str, there: Status, asked: Status) -> None:
        self.shop, self.there, self.asked = shop, there, asked
        allowed = ", ".join(sorted(NEXT[there])) or "nothing"
        super().__init__(f"shop {shop!r} is {there} and can't become {asked}; it can become {allowed}")


def status_of(*, may_issue: bool, may_redeem: bool) -> Status:
    """The state of a shop that the book alone knows."""
    if may_issue:
        return Status.ACTIVE
    return Status.LEAVING if may_redeem else Status.SUSPENDED


def check_step(shop: str, there: Status, asked: Status) -> None:
    """Raises StatusUnreachable unless `asked` may follow; to stay is no step and always allowed."""
    if asked is not there and asked not in NEXT[there]:
        raise StatusUnreachable(shop, there, asked)
