"""What the alliance lets all members know, and whether this phone hears of it by itself."""

from dataclasses import dataclass

from fastapi.responses import HTMLResponse

from coalition.members.store import resolve_merged
from coalition.messaging.web_push import public_push_key
from coalition.notices.notice import MemberNotice
from coalition.notices.store import list_notices
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.push.store import subscriptions_of

MOST = 50
router = PageRouter("/wallet/notices")


@dataclass(frozen=True, slots=True)
class NoticesPage(Page):
    """Notices that are there now, the newest first.

    `subscription` is that of this session, empty where it hears nothing; `key` is what a browser subscribes with.
    """

    notices: list[MemberNotice]
    subscription: str
    key: str


@router.get("")
def notices(own: AsMember) -> HTMLResponse:
    """All of them."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        posted = list_notices(connection, alliance.id, alliance.clock(), None, MOST)
        member = resolve_merged(connection, alliance.id, own.member)
        browsers = subscriptions_of(connection, alliance.id, member.id)
    subscription = next((each.id for each in browsers if each.session == own.caller.session), "")
    return show(own.visit, NoticesPage(posted, subscription, public_push_key(alliance.programme.secret)))
