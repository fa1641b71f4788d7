"""Give points to somebody, and see what became of earlier gifts."""

import secrets
from dataclasses import dataclass, replace
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.gifts.errors import GiftUnknown
from coalition.gifts.gift import StoredGift
from coalition.gifts.give_points import NewGift, check_gift, give_points
from coalition.gifts.known_names import known_names, names_at
from coalition.gifts.link import link_code
from coalition.gifts.store import find_gift, gifts_of
from coalition.gifts.take_gift import take_back
from coalition.locale.messages import N_
from coalition.members.errors import MemberFrozen, SameMember
from coalition.members.log_in import is_contact
from coalition.members.store import merged_ids
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.step import Step, read_step, seal_step
from coalition.pages.typed import NO_CONTACT, FormKey, page_key
from coalition.pages.visit import AsMember, MemberVisit
from coalition.pages.wallet.new_gifts import look_at_gifts
from coalition.pages.wallet.own_words import explain_own
from coalition.refusals import RefusedByBook
from coalition.wallets.wallet import MemberWallet, wallet_of
from settlement import NamedFact

MOST = 20
POINTS_MAX = 10**15
HERE = "/wallet/gift"
Field = Literal["", "to", "points"]
NO_NUMBER = N_("Type how many points, as a whole number.")
router = PageRouter(HERE)


@dataclass(frozen=True, slots=True)
class GiftPage(Page):
    """The form, whose `key` makes a gift that is sent twice one gift; what can be given; earlier gifts.

    `own` are the ids that stand for the member, and `names` what the other person is called, by the gift's id; empty
    where the member does not know them. `links` are
    where those by link are, by their ids. `asked` is how many points, worth `worth_minor`, are about to go to a
    contact: whoever typed it looks at it once more. `wrong` is the field that the `problem` is about; `returned` says
    that a gift was taken back just now; `invitation` is where somebody joins for whom a gift waits.
    """

    key: str
    own: list[str]
    names: dict[str, str]
    wallet: MemberWallet
    invitation: str
    gifts: list[StoredGift]
    links: dict[str, str]
    done: StoredGift | None = None
    to: str = ""
    points: str = ""
    problem: str = ""
    wrong: Field = ""
    returned: bool = False
    asked: int = 0
    worth_minor: int = 0


@router.get("")
def form(
    own: AsMember,
    done: Annotated[str, Query(max_length=100)] = "",
    returned: Annotated[bool, Query()] = False,  # noqa: FBT002 - a query's flag
    step: Step = "",
) -> HTMLResponse:
    """An empty form; or one with what was typed, which asks once more, or lets it be changed."""
    typed = read_step(own.alliance, step)
    to, points = typed.get("to", ""), typed.get("points", "")
    # The page that asks keeps its key, however often it is opened: what was given is not given again by going back.
    key = typed.get("key") or secrets.token_hex(16)
    page = replace(_page(own, key, done=done, to=to, points=points), returned=returned)
    if typed.get("ask"):
        count = _whole(points)
        page = replace(page, asked=count, worth_minor=own.alliance.worth_at_most(count))
    return show(own.visit, page)


@router.post("")
def give(
    own: AsMember,
    points: Annotated[str, Form(max_length=20)],
    key: FormKey,
    to: Annotated[str, Form(max_length=200)] = "",
    sure: Annotated[Literal["", "yes", "no"], Form()] = "",
) -> Response:
    """Give to a contact, asked once more, or by a link where none is named; what can't be given is explained beside the
    form."""
    to, count = to.strip(), _whole(points)
    wrong: Field = "" if 0 < count <= POINTS_MAX else "points"
    if not wrong and to and not is_contact(own.alliance, to):
        wrong = "to"
    if wrong:
        return _refused(own, to, points, own.visit.say(NO_NUMBER if wrong == "points" else NO_CONTACT), wrong)
    if sure == "no":
        return RedirectResponse(f"{HERE}?{urlencode({'step': seal_step(own.alliance, to=to, points=points)})}", 303)
    phone, email = (None, to) if "@" in to else (to or None, None)
    new = NewGift(own.member, count, phone=phone, email=email)
    try:
        if to and not sure:
            check_gift(own.alliance, new)
            step = seal_step(own.alliance, to=to, points=points, ask="yes", key=key)
            return RedirectResponse(f"{HERE}?{urlencode({'step': step})}", 303)
        gift = give_points(own.alliance, new, page_key(own.caller, key)).gift
    except NamedFact as error:
        return _refused(own, to, points, *_why(own, error))
    if gift.by_link:
        return RedirectResponse(f"{HERE}/{link_code(own.alliance.programme.secret, gift.id)}", 303)
    return RedirectResponse(f"{HERE}?done={gift.id}", 303)


@router.get("/back")
def past(own: AsMember) -> Response:  # noqa: ARG001 - only members have gifts
    """Where a gift was taken back, opened again: the gifts."""
    return RedirectResponse(HERE, 303)


@router.post("/back")
def back(own: AsMember, gift: Annotated[str, Form(max_length=100)]) -> Response:
    """Take a gift back that nobody has taken up."""
    alliance = own.alliance
    with alliance.database.engine.connect() as connection:
        existing = find_gift(connection, alliance.id, gift)
        own_ids = [own.member, *merged_ids(connection, alliance.id, own.member)]
    if existing is None or existing.giver not in own_ids:
        raise GiftUnknown(gift)
    try:
        take_back(alliance, existing)
    except NamedFact as error:
        page = _page(own, secrets.token_hex(16), problem=explain_own(own, error))
        return show(own.visit, page, error.error_kind.status)
    return RedirectResponse(f"{HERE}?returned=yes", 303)


def _refused(own: MemberVisit, to: str, points: str, problem: str, wrong: Field) -> HTMLResponse:
    page = _page(own, secrets.token_hex(16), to=to, points=points, problem=problem)
    return show(own.visit, replace(page, wrong=wrong), 422)


def _why(own: MemberVisit, error: NamedFact) -> tuple[str, Field]:
    """Why nothing was given, to whoever wanted to give, and which field that is about."""
    if isinstance(error, RefusedByBook) and error.refusal.code == "points_short":
        return own.visit.say("You can't give more points than you have."), "points"
    is_about_receiver = isinstance(error, SameMember) or (
        isinstance(error, MemberFrozen) and error.member != own.member
    )
    return explain_own(own, error), "to" if is_about_receiver else ""


def _whole(text: str) -> int:
    """The number that is typed, with or without separators of thousands; 0 for what is none."""
    digits = text.strip().replace(" ", "").replace(",", "").replace("，", "")
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _page(own: MemberVisit, key: str, *, done: str = "", to: str = "", points: str = "", problem: str = "") -> GiftPage:
    with own.alliance.database.engine.begin() as connection:
        wallet = wallet_of(own.alliance, connection, own.member)
        look_at_gifts(connection, own)
        gifts = [
            gift for gift in gifts_of(connection, own.alliance.id, own.member, None, MOST) if gift.status != "refused"
        ]
        ids = [own.member, *merged_ids(connection, own.alliance.id, own.member)]
        others = {id_ for gift in gifts for id_ in (gift.giver, gift.receiver) if id_ is not None}
        known = known_names(connection, own.alliance.id, ids, others)
    names = {
        gift.id: names_at(known, gift.created_at).get((gift.receiver if gift.giver in ids else gift.giver) or "", "")
        for gift in gifts
    }
    secret = own.alliance.programme.secret
    links = {gift.id: f"{HERE}/{link_code(secret, gift.id)}" for gift in gifts if gift.by_link}
    sent = next((gift for gift in gifts if gift.id == done and gift.giver in ids), None)
    invitation = f"{own.visit.url}/wallet/join?{urlencode({'town': own.visit.name})}"
    return GiftPage(key, ids, names, wallet, invitation, gifts, links, sent, to, points, problem)
