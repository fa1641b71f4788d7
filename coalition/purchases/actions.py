"""What takes two people about sales."""

from collections.abc import Iterator

from coalition.access.caller import SHOP_STAFF, Role
from coalition.alliance import Alliances
from coalition.approvals.approval import DECIDERS, KEY_SALES, SALES, Action, leave_to_asker
from coalition.purchases.check_sale import BOOK_SALE, SALE_ALONE_MINOR_MAX


def actions(_alliances: Alliances) -> Iterator[Action]:
    """Selling for more than one person may, which a manager of the shop or the alliance approves."""
    yield Action(
        BOOK_SALE,
        SALE_ALONE_MINOR_MAX,
        "minor units",
        DECIDERS | {Role.MANAGER},
        leave_to_asker,
        SHOP_STAFF,
        frozenset({"createPurchase", "createHold", "createBatch", "createOfflineSales"}),
        SALES,
        KEY_SALES,
    )
