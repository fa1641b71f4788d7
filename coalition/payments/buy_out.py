"""Buy out a leaving shop: its deposit pays for its outstanding points, and another participant owes for them then."""

from http import HTTPStatus

from coalition.access.caller import Caller
from coalition.alliance import Alliance, Alliances
from coalition.approvals.approval import Approval, Outcome
from coalition.approvals.approvals import Approvals
from coalition.errors import CoalitionError
from coalition.locale.messages import N_
from coalition.merchants.change_shop import load_shop
from coalition.merchants.shop_status import ShopStatus
from coalition.payments.context import payment_context
from coalition.payments.move_deposit import check_participant
from settlement import DatabaseUnusable, SettlementError
from settlement.payments import buy_out_shop

BUY_OUT = "buy_out"


class ShopNotLeaving(CoalitionError):
    """A shop that stays pays what it owes itself."""

    code = "shop_not_leaving"
    status = HTTPStatus.CONFLICT
    title = N_("Shop not leaving")
    remedy = N_("Let the shop leave first.")
    detail = N_("{shop} is not leaving, so it can't be bought out.")
    shop: str


def is_leaving(alliance: Alliance, ref: str) -> bool:
    """Whether a shop has stopped issuing points for good. Only then may another participant take over its debts."""
    shop = load_shop(alliance, ref)
    return shop is not None and shop.status in (ShopStatus.LEAVING, ShopStatus.LEFT)


def request_buy_out(alliance: Alliance, approvals: Approvals, caller: Caller, ref: str, by: str, key: str) -> Approval:
    """Ask for buying a leaving shop out: `by` takes over what its points will cost. Always takes two people.

    The same `key` finds the same request. Raises ParticipantUnknown, ShopNotLeaving, PersonNeeded, RequestReused.
    """
    for participant in (ref, by):
        check_participant(alliance, participant)
    if not is_leaving(alliance, ref):
        raise ShopNotLeaving(ref)
    return approvals.request(caller, BUY_OUT, {"shop": ref, "by": by}, key)


def execute_buy_out(alliances: Alliances, approval: Approval) -> Outcome:
    """Do an approved buy-out. It happens once, however often this is called."""
    shop, by = str(approval.payload["shop"]), str(approval.payload["by"])
    alliance = alliances.get(approval.alliance_id)
    if not is_leaving(alliance, shop):
        stays = ShopNotLeaving(shop)
        return Outcome(done=False, result={"code": stays.code, "shop": shop, "detail": stays.sentence})
    with payment_context(alliance, approval.requested_by) as context:
        try:
            minor = buy_out_shop(context, shop, by)
        except DatabaseUnusable:
            raise
        except SettlementError as error:
            return Outcome(done=False, result={"code": error.code, "detail": error.sentence})
    return Outcome(done=True, result={"shop": shop, "by": by, "amount_minor": minor})
