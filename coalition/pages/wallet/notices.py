"""What the alliance lets all members know, and how a member hears of it, and of their points, by themselves."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.legal.legal_text import LegalVersion
from coalition.members.member import NoticesBy
from coalition.members.member_cache import member_cache
from coalition.members.store import contacts_of, resolve_merged
from coalition.members.update_member import MemberChanges, update_member
from coalition.messaging.web_push import public_push_key
from coalition.notices.notice import MemberNotice
from coalition.notices.reads import keep_read, read_until
from coalition.notices.store import list_notices
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember
from coalition.pages.wallet.new_terms import new_terms
from coalition.pages.wallet.unread import MOST
from coalition.push.store import subscriptions_of
from coalition.web.request import approvals_of

HERE = "/wallet/notices"
Way = Literal["", "email", "sms", "none"]
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class NoticesPage(Page):
    """Notices that are there now, the newest first; those from after `read_until` are new to the member.

    `terms` are new, or come, since they agreed to others; `now` is the alliance's time.

    `subscription` is that of this session, empty where it hears nothing; `key` is what a browser subscribes with.
    `chosen` is how messages are to reach the member that no browser takes, and `way` how they do: at one of the `kinds`
    of contact that they have, empty where none is there for it. `sms` says whether the alliance pays for it.
    """

    notices: list[MemberNotice]
    terms: LegalVersion | None
    now: int
    read_until: int
    subscription: str
    key: str
    chosen: NoticesBy | None
    kinds: frozenset[str]
    sms: bool
    done: bool

    @property
    def way(self) -> Way:
        """How messages do reach the member."""
        if self.chosen is NoticesBy.NONE:
            return "none"
        if self.chosen is NoticesBy.SMS:
            return "sms" if self.sms and "phone" in self.kinds else ""
        return "email" if "email" in self.kinds else ""


@router.get("")
def notices(own: AsMember, done: Annotated[bool, Query()] = False) -> HTMLResponse:  # noqa: FBT002 - a query's flag
    """All of them."""
    alliance = own.alliance
    with alliance.database.engine.begin() as connection:
        posted = list_notices(connection, alliance.id, alliance.clock(), None, MOST)
        member = resolve_merged(connection, alliance.id, own.member)
        browsers = subscriptions_of(connection, alliance.id, member.id)
        contacts = contacts_of(connection, alliance.id, member.id)
        read = read_until(connection, alliance.id, member.id)
        newest = max((notice.from_at for notice in posted), default=0)
        terms = new_terms(connection, own)
        if newest > read:
            keep_read(connection, alliance.id, member.id, newest)
    subscription = next((each.id for each in browsers if each.session == own.caller.session), "")
    page = NoticesPage(
        notices=posted,
        terms=terms,
        now=alliance.clock(),
        read_until=read,
        subscription=subscription,
        key=public_push_key(alliance.programme.secret),
        chosen=member.profile.notices_by,
        kinds=frozenset(contact.kind for contact in contacts),
        sms=member_cache(alliance).settings.sms_notices,
        done=done,
    )
    return show(own.visit, page)


@router.post("")
def choose(own: AsMember, by: Annotated[Literal["", "email", "sms", "none"], Form()] = "") -> Response:
    """Keep how messages reach the member that no browser takes; empty is what holds for who never chose."""
    approvals = approvals_of(own.visit.request)
    changes = MemberChanges({"notices_by": by or None})
    update_member(own.alliance, approvals, own.caller, own.member, changes, lambda _: None)
    return RedirectResponse(f"{HERE}?done=yes", 303)
