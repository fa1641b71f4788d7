"""A purchase that a till has just booked, as pages that wait for it show it."""

from dataclasses import dataclass

from coalition.events.event import Event
from coalition.feed.member_history import history
from coalition.merchants.list_shops import shop_name
from coalition.pages.visit import MemberVisit
from coalition.pages.wallet.own_history import own_lines
from coalition.paycodes.confirm import Confirmation
from coalition.purchases.event_types import PURCHASE_CREATED
from coalition.wallets.wallet import wallet_of

LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class BookedSale:
    """A purchase, and what the member has since: points with their worth, in minor units.

    `seq` is the number of its receipt, and `why` is why it earned nothing, where it did.
    """

    seq: int
    shop: str
    amount_minor: int
    spent: int
    spent_minor: int
    earned: int
    earned_minor: int
    why: str
    balance: int
    balance_minor: int


def booked_sale(own: MemberVisit, sale: Event) -> BookedSale:
    """A purchase (`purchase.created`) of the member, as they have it now."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        wallet = wallet_of(alliance, connection, own.member)
    rate = alliance.point_worth_at_most()
    spent, earned = (int(sale.data.get(name, 0)) for name in ("points_spent", "points_earned"))
    return BookedSale(
        seq=sale.seq,
        shop=shop_name(alliance, sale.data["shop"], own.visit.lang),
        amount_minor=int(sale.data["amount_minor"]),
        spent=spent,
        spent_minor=int(spent * rate),
        earned=earned,
        earned_minor=int(earned * rate),
        why=next((line.why for line in own_lines(own, [sale])), ""),
        balance=wallet.held.points,
        balance_minor=wallet.worth_minor,
    )


def sale_of(own: MemberVisit, question: Confirmation) -> BookedSale | None:
    """The purchase that a till booked after the member's yes; None where it has booked none yet."""
    if question.state != "confirmed":
        return None
    sales = (
        event
        for event in history(own.alliance, own.member, LOOKED_AT)
        if event.type == PURCHASE_CREATED and event.at >= question.asked_at and event.data.get("points_spent")
    )
    wanted = (question.shop, question.amount_minor)
    sale = next((each for each in sales if (each.data["shop"], int(each.data["amount_minor"])) == wanted), None)
    return None if sale is None else booked_sale(own, sale)
