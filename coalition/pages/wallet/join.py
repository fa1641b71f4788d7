"""Join by oneself, from a shop's poster or a gift's link: a contact, the code sent to it, a yes to the terms."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import BackgroundTasks, Form, Query, Response
from fastapi.responses import RedirectResponse

from coalition.access.caller import Role
from coalition.access.errors import CodeUsedUp
from coalition.access.member_code import CODE_MINUTES
from coalition.gifts.take_gift import take_gift
from coalition.legal.legal_text import VERSION_MAX, LegalKind, LegalVersion
from coalition.legal.legal_texts import legal_texts_of
from coalition.members.errors import MemberError
from coalition.members.join import JoinRequest
from coalition.members.log_in import is_contact
from coalition.members.member import NAME_CHARS_MAX
from coalition.merchants.list_shops import shop_faces
from coalition.pages.page import Page, show
from coalition.pages.page_router import NEXT_CHARS_MAX, PageRouter, local_path
from coalition.pages.step import Step, read_step, seal_step
from coalition.pages.typed import NO_CONTACT, Again, Digits, Next, explain_code
from coalition.pages.visit import Visit, Visiting, keep_town
from coalition.pages.wallet.gift_link import GIFT_COOKIE
from coalition.pages.wallet.gift_link import HERE as GIFT
from coalition.web.cookies import keep_device, set_cookie
from coalition.web.member_log_in import join_by_code, send_join_code
from settlement import NamedFact

HOME = "/wallet"
HERE = "/wallet/join"
router = PageRouter(HERE)

Contact = Annotated[str, Form(max_length=200)]
Name = Annotated[str, Form(max_length=NAME_CHARS_MAX)]
Tick = Annotated[str, Form(max_length=10)]
ShopRef = Annotated[str, Form(max_length=200)]


@dataclass(frozen=True, slots=True)
class JoinPage(Page):
    """First the contact; then, once a code was sent, the code, a name and the terms: the alliance's own, if it has any.

    `shop` is the ref of the one whose poster it was, empty for none, and `shop_name` what it is called. `step` keeps
    the contact to which a code was sent, `again` says that it was sent in place of another, and `used_up` that it
    takes another one.
    """

    next: str
    terms: LegalVersion | None
    shop: str = ""
    shop_name: str = ""
    contact: str = ""
    step: str = ""
    name: str = ""
    agreed: bool = False
    name_chars: int = NAME_CHARS_MAX
    minutes: int = CODE_MINUTES
    logo: str | None = None
    problem: str = ""
    used_up: bool = False
    again: str = ""

    @property
    def path(self) -> str:
        """Where this step is opened again, with the shop and the way on."""
        return _path(shop=self.shop, next=self.next, step=self.step)

    @property
    def first_path(self) -> str:
        """Where another contact is typed."""
        return _path(shop=self.shop, next=self.next)


@router.get("")
def join(
    visit: Visiting,
    shop: Annotated[str, Query(max_length=200)] = "",
    next: Annotated[str, Query(max_length=NEXT_CHARS_MAX)] = HOME,  # noqa: A002
    step: Step = "",
) -> Response:
    """Ask for the contact, or for the code that was sent to it; whoever has logged in goes on at once."""
    if visit.caller is not None and visit.caller.role is Role.MEMBER:
        return RedirectResponse(local_path(next, HOME), 303)
    typed = read_step(visit.town, step)
    answer = show(visit, _page(visit, shop, next, typed, sent=bool(typed)))
    keep_town(visit, answer)
    keep_device(visit.request, answer)
    return answer


@router.post("")
def send_code(
    visit: Visiting,
    background: BackgroundTasks,
    contact: Contact = "",
    name: Name = "",
    terms: Tick = "",
    shop: ShopRef = "",
    next: Next = HOME,  # noqa: A002
    again: Again = "",
) -> Response:
    """Send a code to whoever it is, and ask for it. What was typed before another one was wanted stays."""
    typed = {"contact": contact, "name": name, "agreed": terms, "again": again}
    if not is_contact(visit.town, contact):
        return show(visit, _page(visit, shop, next, typed, problem=visit.say(NO_CONTACT)), 422)
    try:
        send_join_code(visit.request, background, visit.town.id, contact, visit.lang)
    except NamedFact as error:
        page = _page(visit, shop, next, typed, problem=visit.explain(error))
        return show(visit, page, error.error_kind.status)
    return RedirectResponse(_page(visit, shop, next, typed, sent=True).path, 303)


@router.post("/code")
def redeem(
    visit: Visiting,
    contact: Contact,
    code: Digits,
    name: Name = "",
    terms: Tick = "",
    version: Annotated[int, Form(ge=0, le=VERSION_MAX)] = 0,
    shop: ShopRef = "",
    next: Next = HOME,  # noqa: A002
) -> Response:
    """Join, or log in where the contact is a member's, and begin the session."""
    answer = RedirectResponse(local_path(next, HOME), 303)
    wanted = JoinRequest(
        contact,
        code,
        name=" ".join(name.split()) or None,
        language=visit.lang,
        terms=terms == "yes",
        terms_version=version,
        shop=shop if shop in shop_faces(visit.town, visit.lang).names else None,
    )
    try:
        joined = join_by_code(visit.request, visit.town.id, wanted, answer)
    except NamedFact as error:
        problem = explain_code(visit, error)
        typed = {"contact": contact, "name": name, "agreed": terms}
        page = _page(visit, shop, next, typed, sent=True, problem=problem)
        return show(visit, replace(page, used_up=isinstance(error, CodeUsedUp)), error.error_kind.status)
    gift = visit.request.cookies.get(GIFT_COOKIE, "")
    if gift:
        _take_gift(visit, joined.enrolled.member, gift)
        set_cookie(visit.request, answer, GIFT_COOKIE, "", 0)
        answer.headers["location"] = f"{GIFT}{quote(gift)}"
    return answer


def _take_gift(visit: Visit, member: str, code: str) -> None:
    """Take up the gift that somebody looked at before they joined. Where it is gone, or their own, its page says so."""
    with suppress(MemberError):
        take_gift(visit.town, code, member)


def _page(
    visit: Visit, shop: str, onward: str, typed: Mapping[str, str], *, sent: bool = False, problem: str = ""
) -> JoinPage:
    """The first step, or once a code was `sent` the second; with the contact, name, tick and whether it was another
    code that was asked for, as they were `typed`.
    """
    faces = shop_faces(visit.town, visit.lang)
    shop_name = faces.names.get(shop, "")
    return JoinPage(
        local_path(onward, HOME),
        legal_texts_of(visit.town).current(LegalKind.TERMS),
        shop if shop_name else "",
        shop_name,
        typed.get("contact", ""),
        seal_step(visit.town, **typed) if sent else "",
        typed.get("name", ""),
        typed.get("agreed") == "yes",
        logo=faces.logos.get(shop),
        problem=problem,
        again=typed.get("again", ""),
    )


def _path(**asked: str) -> str:
    query = urlencode({name: value for name, value in asked.items() if value and value != HOME})
    return f"{HERE}?{query}" if query else HERE
