"""Buy out a leaving shop: its deposit pays for its outstanding points, and another participant owes for them then."""

from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome
from coalition.merchants.change_shop import load_shop
from coalition.merchants.shop_status import ShopStatus
from coalition.payments.context import payment_context
from settlement import DatabaseUnusable, SettlementError
from settlement.payments import buy_out_shop

BUY_OUT = "buy_out"


def is_leaving(alliance: Alliance, ref: str) -> bool:
    """Whether a shop has stopped issuing points for good. Only then may another participant take over its debts."""
    shop = load_shop(alliance, ref)
    return shop is not None and shop.status in (ShopStatus.LEAVING, ShopStatus.LEFT)


def execute_buy_out(alliances: Alliances, approval: Approval) -> Outcome:
    """Do an approved buy-out. It happens once, however often this is called."""
    shop, by = str(approval.payload["shop"]), str(approval.payload["by"])
    alliance = alliances.get(approval.alliance_id)
    if not is_leaving(alliance, shop):
        return Outcome(done=False, result={"code": "shop_not_leaving", "shop": shop})
    with payment_context(alliance, approval.requested_by) as context:
        try:
            minor = buy_out_shop(context, shop, by)
        except DatabaseUnusable:
            raise
        except SettlementError as error:
            return Outcome(done=False, result={"code": error.code, "detail": str(error)})
    return Outcome(done=True, result={"shop": shop, "by": by, "amount_minor": minor})
