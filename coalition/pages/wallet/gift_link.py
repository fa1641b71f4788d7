"""A gift by link: whoever opens it first takes it up, and may join for it; its giver sends it on or takes it back."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Path, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import Role
from coalition.gifts.errors import GiftUnknown
from coalition.gifts.gift import StoredGift
from coalition.gifts.take_gift import find_linked, take_back, take_gift
from coalition.locale.messages import N_
from coalition.members.store import find_member, resolve_merged
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import AsMember, Visit, Visiting, keep_town
from coalition.pages.wallet.own_words import explain_own
from coalition.web.cookies import set_cookie
from settlement import NamedFact

HERE = "/wallet/gift/"
GIFT_COOKIE = "gift"
"""Keeps which gift a stranger has looked at: whoever joins has it, by whatever way they come to join."""
HOUR_SECONDS = 3600
router = PageRouter(HERE.rstrip("/"))

Code = Annotated[str, Path(max_length=100)]
Viewer = Literal["stranger", "giver", "other", "taken", "arrived", "returned", "gone"]
UNKNOWN = N_("This link leads to no gift: a part of it may be missing. Ask whoever sent it to send it again.")


@dataclass(frozen=True, slots=True)
class GiftLinkPage(Page):
    """The gift and its worth, and who looks at it; no gift where the link leads to none, and `problem` says so.

    `viewer`: nobody who has logged in; the giver; another member; whoever took it up; its giver, once somebody has, or
    once it came back; or whoever comes too late.
    """

    code: str
    gift: StoredGift | None = None
    giver: str = ""
    worth_minor: int = 0
    viewer: Viewer = "gone"
    problem: str = ""

    @property
    def path(self) -> str:
        """Where this page is."""
        return f"{HERE}{self.code}"


@router.get("/{code}")
def gift(visit: Visiting, code: Code) -> HTMLResponse:
    """What whoever opens it sees."""
    try:
        page = _page(visit, code)
    except GiftUnknown as error:
        return show(visit, GiftLinkPage(code, problem=visit.say(UNKNOWN)), error.error_kind.status)
    answer = show(visit, page)
    keep_town(visit, answer)
    if page.viewer == "stranger":
        set_cookie(visit.request, answer, GIFT_COOKIE, code, HOUR_SECONDS)
    return answer


@router.post("/{code}/take")
def take(own: AsMember, code: Code) -> Response:
    """Take it up."""
    try:
        take_gift(own.alliance, code, own.member)
    except NamedFact as error:
        page = _page(own.visit, code, explain_own(own, error))
        return show(own.visit, page, error.error_kind.status)
    return RedirectResponse(f"{HERE}{code}", 303)


@router.post("/{code}/back")
def back(own: AsMember, code: Code) -> Response:
    """Take it back; only its giver's page has the button."""
    page = _page(own.visit, code)
    if page.gift is not None and page.viewer == "giver":
        try:
            take_back(own.alliance, page.gift)
        except NamedFact as error:
            return show(own.visit, _page(own.visit, code, explain_own(own, error)), error.error_kind.status)
    return RedirectResponse(page.path, 303)


def _page(visit: Visit, code: str, problem: str = "") -> GiftLinkPage:
    alliance = visit.town
    linked = find_linked(alliance, code)
    with alliance.database.engine.connect() as connection:
        giver = find_member(connection, alliance.id, linked.giver)
    name = None if giver is None else giver.profile.name
    return GiftLinkPage(
        code, linked, name or "", alliance.worth_at_most(linked.points), _viewer(visit, linked), problem
    )


def _viewer(visit: Visit, linked: StoredGift) -> Viewer:
    caller = visit.caller
    member = caller.member if caller is not None and caller.role is Role.MEMBER else None
    with visit.town.database.engine.connect() as connection:
        mine = None if member is None else resolve_merged(connection, visit.town.id, member).id
        giver = resolve_merged(connection, visit.town.id, linked.giver).id
    if linked.status != "waiting" or linked.receiver is not None:
        return _viewer_of_the_past(linked, mine, giver)
    if mine is None:
        return "stranger"
    return "giver" if mine == giver else "other"


def _viewer_of_the_past(linked: StoredGift, mine: str | None, giver: str) -> Viewer:
    """Who looks at a gift that does not wait any more."""
    if mine is not None and linked.receiver == mine:
        return "taken"
    if mine != giver or linked.status == "refused":
        return "gone"
    return "returned" if linked.status == "returned" else "arrived"
