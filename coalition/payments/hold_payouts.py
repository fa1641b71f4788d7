"""What a shop's state means for the money that it is owed."""

from coalition.alliance import Alliance
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.payments.desk import desk_of
from settlement.payments import leave, suspend


def hold_payouts(alliance: Alliance, who: str, shop: Shop) -> None:
    """Hold back what a suspended shop is owed, let it go again, and begin the final settlement of one that has left."""
    if shop.status is ShopStatus.APPLIED:
        return
    with desk_of(alliance, who) as desk:
        suspend(desk, shop.ref, suspended=shop.status is ShopStatus.SUSPENDED)
        if shop.status is ShopStatus.LEFT:
            leave(desk, shop.ref)
