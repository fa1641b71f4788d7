"""The payouts of a shop follow its state."""

from coalition.alliance import Alliance
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.payments.context import payment_context
from settlement.payments import start_leaving, suspend_payouts


def on_new_status(alliance: Alliance, actor: str, shop: Shop) -> None:
    """Hold back what a suspended shop is owed, or release it; begin the final settlement of a shop that has left."""
    if shop.status is ShopStatus.APPLIED:
        return
    with payment_context(alliance, actor) as context:
        suspend_payouts(context, shop.ref, suspended=shop.status is ShopStatus.SUSPENDED)
        if shop.status is ShopStatus.LEFT:
            start_leaving(context, shop.ref)
