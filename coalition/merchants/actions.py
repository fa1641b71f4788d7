"""What takes two people about shops."""

from collections.abc import Iterator

from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, Action, leave_to_asker
from coalition.merchants.change_shop import CREDIT_ALONE_MINOR_MAX, RAISE_SHOP_LIMIT


def actions(_alliances: Alliances) -> Iterator[Action]:
    """More credit for a shop."""
    operations = frozenset({"setShopLimit"})
    yield Action(
        RAISE_SHOP_LIMIT, CREDIT_ALONE_MINOR_MAX, "minor units", DECIDERS, leave_to_asker, operations=operations
    )
