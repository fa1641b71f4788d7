"""The states of a shop, and what it may do in each. Pure."""

from collections.abc import Mapping
from enum import StrEnum

from coalition.errors import CoalitionError


class ShopStatus(StrEnum):
    """The state of a shop in the alliance."""

    APPLIED = "applied"
    """Wants to join. The book does not have it yet."""
    ACTIVE = "active"
    """Issues and redeems points."""
    SUSPENDED = "suspended"
    """Neither issues nor redeems points for now. Its points remain good at other shops."""
    LEAVING = "leaving"
    """Issues no more, and redeems points until its last day. Its points remain good until they expire."""
    LEFT = "left"
    """Neither issues nor redeems points. Its outstanding points are settled as they are spent."""


NEXT: Mapping[ShopStatus, frozenset[ShopStatus]] = {
    ShopStatus.APPLIED: frozenset({ShopStatus.ACTIVE, ShopStatus.LEFT}),
    ShopStatus.ACTIVE: frozenset({ShopStatus.SUSPENDED, ShopStatus.LEAVING}),
    ShopStatus.SUSPENDED: frozenset({ShopStatus.ACTIVE, ShopStatus.LEAVING, ShopStatus.LEFT}),
    ShopStatus.LEAVING: frozenset({ShopStatus.ACTIVE, ShopStatus.SUSPENDED, ShopStatus.LEFT}),
    # Its final settlement has begun: to come back, it joins again under another ref.
    ShopStatus.LEFT: frozenset(),
}
"""The states that may follow each state."""

MAY_ISSUE = frozenset({ShopStatus.ACTIVE})
MAY_REDEEM = frozenset({ShopStatus.ACTIVE, ShopStatus.LEAVING})


class ShopStatusUnreachable(CoalitionError):
    """The shop can't go from its state to the requested one."""

    def __init__(self, shop: str, current: ShopStatus, requested: ShopStatus) -> None:
        self.shop, self.current, self.requested = shop, current, requested
        allowed = ", ".join(sorted(NEXT[current])) or "nothing"
        super().__init__(f"shop {shop!r} is {current} and can't become {requested}; it can become {allowed}")


def status_of(*, may_issue: bool, may_redeem: bool) -> ShopStatus:
    """The state of a shop that only the book has."""
    if may_issue:
        return ShopStatus.ACTIVE
    return ShopStatus.LEAVING if may_redeem else ShopStatus.SUSPENDED


def check_transition(shop: str, current: ShopStatus, requested: ShopStatus) -> None:
    """Raises ShopStatusUnreachable unless `requested` may follow `current`; a shop may always stay in its state."""
    if requested is not current and requested not in NEXT[current]:
        raise ShopStatusUnreachable(shop, current, requested)
