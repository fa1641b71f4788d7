"""What tills ask a member now, as a part of the pages that show a code: these ask for it every two seconds."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Query
from fastapi.responses import HTMLResponse

from coalition.members.member import MemberState
from coalition.members.store import resolve_merged
from coalition.merchants.list_shops import shop_names
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.paycodes.confirm import Confirmation, open_confirmations
from coalition.paycodes.devices import devices_of

router = PageRouter("/wallet/questions")


@dataclass(frozen=True, slots=True)
class QuestionsPage(Page):
    """The questions; the alliance's clock (milliseconds since 1970 UTC), to set the phone's by; how the member stands.

    `is_good` says whether the codes of the phone that `asked` are good.
    """

    questions: list[Confirmation]
    names: dict[str, str]
    now_ms: int
    asked: str
    is_good: bool
    frozen: bool
    spend_locked: bool


@router.get("")
def questions(own: AsMember, device: Annotated[str, Query(max_length=100)] = "") -> HTMLResponse:
    """Open questions, and whether this phone still makes codes."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        member = resolve_merged(connection, alliance.id, own.member)
        devices = devices_of(connection, alliance.id, member.id)
    asked = open_confirmations(alliance, own.member)
    page = QuestionsPage(
        questions=asked,
        names=shop_names(alliance, own.visit.lang) if asked else {},
        now_ms=alliance.clock() // 1000,
        asked=device,
        is_good=any(each.id == device for each in devices),
        frozen=member.state is MemberState.FROZEN,
        spend_locked=member.spend_locked,
    )
    return show(own.visit, page)
