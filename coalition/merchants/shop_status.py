"""The states of a shop, and what it may do in each. Pure."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus

from coalition.errors import CoalitionError
from coalition.locale.messages import N_


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
LATE_SALES_COUNT = frozenset({ShopStatus.LEAVING, ShopStatus.LEFT})
"""In these states a sale of before counts as of its time. A suspension stops a shop at once: what its tills say of the
time of a sale is not relied on."""


class ShopStatusUnreachable(CoalitionError):
    """The shop can't go from its state to the requested one."""

    code = "status_unreachable"
    status = HTTPStatus.CONFLICT
    title = N_("Status change not allowed")
    remedy = N_("Read it again: it can't change to that status from where it is.")
    detail = N_("Shop {shop:name} is {current:code} and can't become {requested:code}. It can become: {allowed}.")
    shop: str
    current: ShopStatus
    requested: ShopStatus

    @property
    def allowed(self) -> Sequence[str]:
        """The states that it can go to."""
        return sorted(NEXT[self.current])


def status_of(*, may_issue: bool, may_redeem: bool) -> ShopStatus:
    """The state of a shop that only the book has."""
    if may_issue:
        return ShopStatus.ACTIVE
    return ShopStatus.LEAVING if may_redeem else ShopStatus.SUSPENDED


def check_transition(shop: str, current: ShopStatus, requested: ShopStatus) -> None:
    """Raises ShopStatusUnreachable unless `requested` may follow `current`; a shop may always stay in its state."""
    if requested is not current and requested not in NEXT[current]:
        raise ShopStatusUnreachable(shop, current, requested)
