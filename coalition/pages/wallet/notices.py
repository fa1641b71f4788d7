"""What the alliance lets all members know, and how a member hears of it, and of their points, by themselves."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.members.member import NoticesBy
from coalition.members.member_cache import member_cache
from coalition.members.store import contacts_of, resolve_merged
from coalition.members.update_member import MemberChanges, update_member
from coalition.messaging.web_push import public_push_key
from coalition.notices.notice import MemberNotice
from coalition.notices.store import list_notices
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.unread import MOST, keep_read, read_until
from coalition.push.store import subscriptions_of
from coalition.web.request import approvals_of

HERE = "/wallet/notices"
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class NoticesPage(Page):
    """Notices that are there now, the newest first; those from after `read_until` are new to this browser.

    `subscription` is that of this session, empty where it hears nothing; `key` is what a browser subscribes with.
    `chosen` is how messages reach the member that no browser takes: at one of the `kinds` of contact that they have.
    `sms` says whether the alliance pays for it.
    """

    notices: list[MemberNotice]
    read_until: int
    subscription: str
    key: str
    chosen: NoticesBy | None
    kinds: frozenset[str]
    sms: bool
    done: bool


@router.get("")
def notices(own: AsMember, done: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002 - a query's flag
    """All of them."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        posted = list_notices(connection, alliance.id, alliance.clock(), None, MOST)
        member = resolve_merged(connection, alliance.id, own.member)
        browsers = subscriptions_of(connection, alliance.id, member.id)
        contacts = contacts_of(connection, alliance.id, member.id)
    subscription = next((each.id for each in browsers if each.session == own.caller.session), "")
    page = NoticesPage(
        notices=posted,
        read_until=read_until(own),
        subscription=subscription,
        key=public_push_key(alliance.programme.secret),
        chosen=member.profile.notices_by,
        kinds=frozenset(contact.kind for contact in contacts),
        sms=member_cache(alliance).settings.sms_notices,
        done=done,
    )
    answer = show(own.visit, page)
    keep_read(own, posted, answer)
    return answer


@router.post("")
def choose(own: AsMember, by: Annotated[Literal["", "email", "sms", "none"], Form()] = "") -> Response:
    """Keep how messages reach the member that no browser takes; empty is what holds for who never chose."""
    approvals = approvals_of(own.visit.request)
    changes = MemberChanges({"notices_by": by or None})
    update_member(own.alliance, approvals, own.caller, own.member, changes, lambda _: None)
    return RedirectResponse(f"{HERE}?done=yes", 303)
