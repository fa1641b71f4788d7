"""Hold back the payouts of a shop according to its state."""

from coalition.alliance import Alliance
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.payments.desk import desk_of
from settlement.payments import leave, suspend


def hold_payouts(alliance: Alliance, actor: str, shop: Shop) -> None:
    """Hold back what a suspended shop is owed, or release it; begin the final settlement of a shop that has left."""
    if shop.status is ShopStatus.APPLIED:
        return
    with desk_of(alliance, actor) as desk:
        suspend(desk, shop.ref, suspended=shop.status is ShopStatus.SUSPENDED)
        if shop.status is ShopStatus.LEFT:
            leave(desk, shop.ref)
