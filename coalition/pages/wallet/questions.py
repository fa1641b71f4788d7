"""What tills ask a member now and what they have booked: pages that show a code ask for this part every two seconds."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.feed.member_history import history
from coalition.members.member import MemberState
from coalition.members.store import resolve_merged
from coalition.merchants.list_shops import shop_name
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.booked_sale import BookedSale, booked_sale
from coalition.paycodes.confirm import Confirmation, open_confirmations
from coalition.paycodes.devices import devices_of
from coalition.purchases.event_types import PURCHASE_CREATED
from coalition.wallets.wallet import MemberWallet, wallet_of

LOOKED_AT = 10
router = PageRouter("/wallet/questions")


@dataclass(frozen=True, slots=True)
class QuestionsPage(Page):
    """The questions; the alliance's clock (milliseconds since 1970 UTC), to set the phone's by; how the member stands.

    `is_good` says whether the codes of the phone that `asked` are good. `newest` is the member's newest event, `sale`
    the newest purchase since the page was opened, and `booked` what it was, where the page does not know yet.
    `wallet` is what the member has, where they are asked something.
    """

    questions: list[Confirmation]
    names: dict[str, str]
    wallet: MemberWallet | None
    now_ms: int
    asked: str
    is_good: bool
    frozen: bool
    spend_locked: bool
    newest: int
    sale: int | None
    booked: BookedSale | None


@router.get("")
def questions(
    own: AsMember,
    device: Annotated[str, Query(max_length=100)] = "",
    since: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    seen: Annotated[int | None, Query(ge=0, le=2**53)] = None,
) -> HTMLResponse:
    """Open questions, whether this phone still makes codes, and what was booked since an event of the feed.

    `seen` is the newest event of which the page that asks knows what was booked.
    """
    alliance = own.alliance
    events = history(alliance, own.member, LOOKED_AT)
    newest = events[0].seq if events else 0
    asked = open_confirmations(alliance, own.member)
    with alliance.database.engine.connect() as connection:
        wallet = wallet_of(alliance, connection, own.member) if asked else None
        member = resolve_merged(connection, alliance.id, own.member)
        devices = devices_of(connection, alliance.id, member.id)
    sales = [event for event in events if event.type == PURCHASE_CREATED and since is not None and event.seq > since]
    page = QuestionsPage(
        questions=asked,
        names={each.shop: shop_name(alliance, each.shop, own.visit.lang) for each in asked},
        wallet=wallet,
        now_ms=alliance.clock() // 1000,
        asked=device,
        is_good=any(each.id == device for each in devices),
        frozen=member.state is MemberState.FROZEN,
        spend_locked=member.spend_locked,
        newest=newest,
        sale=sales[0].seq if sales else None,
        booked=booked_sale(own, sales[0]) if sales and newest != seen else None,
    )
    return show(own.visit, page)
