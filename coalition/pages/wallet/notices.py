"""What the alliance lets all members know."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from coalition.notices.notice import MemberNotice
from coalition.notices.store import list_notices
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember

MOST = 50
router = PageRouter("/wallet/notices")


@dataclass(frozen=True, slots=True)
class NoticesPage(Page):
    """Notices that are there now, the newest first."""

    notices: list[MemberNotice]


@router.get("")
def notices(own: AsMember) -> HTMLResponse:
    """All of them."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        return show(own.visit, NoticesPage(list_notices(connection, alliance.id, alliance.clock(), None, MOST)))
