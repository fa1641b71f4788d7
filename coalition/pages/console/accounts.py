"""How each shop pays and is paid: what is missing before it can, and the page at Stripe where its owner goes on."""

from collections import Counter
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import STAFF, TREASURERS, Role
from coalition.merchants.list_shops import list_shops
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.pages.console.sections import PAYMENTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.shown_once import carried, carry
from coalition.pages.typed import Ref
from coalition.payments.account_states import AccountState, account_states, asked_texts
from coalition.payments.context import payment_context
from coalition.payments.rails.stripe import stripe_at
from coalition.payments.stripe_pages import open_mandate, open_onboarding
from coalition.statements.sheet import WAYS
from coalition.web.request import public_url
from settlement import NamedFact

router = PageRouter("/console/payments/accounts")
AT_STRIPE = "at-stripe"
Keeper = Annotated[StaffVisit, Depends(admit((TREASURERS & STAFF) | {Role.MANAGER}))]
A_PAGE = 50
STRIPE = "stripe"
GONE = (ShopStatus.APPLIED, ShopStatus.LEFT)
Readiness = Literal["all", "missing", "ready"]


@dataclass(frozen=True, slots=True)
class ListedAccount:
    """A shop and how it stands at its rail. `email` is its profile's; `at_stripe` whether pages at Stripe help."""

    state: AccountState
    name: str
    rail: str
    asked: list[str]
    email: str
    at_stripe: bool


@dataclass(frozen=True, slots=True)
class AccountsPage(ConsolePage):
    """Shops by how they stand. `url` is a page at Stripe that was just opened for `opened`, the ref of a shop.

    `country` is the one that most shops gave.
    """

    rows: list[ListedAccount]
    missing: int
    ready: int
    number: int
    pages: int
    standing: Readiness
    words: str
    own_shop: str | None
    country: str
    opened: str = ""
    url: str = ""
    back: bool = False
    problem: str = ""
    section: Section = PAYMENTS


@router.get("")
def accounts(
    staff: Keeper,
    standing: Annotated[Readiness, Query()] = "all",
    words: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    back: bool = False,  # noqa: FBT001, FBT002 - of the query
    opened: Annotated[str, Query(max_length=100)] = "",
) -> HTMLResponse:
    """All that are asked for; a manager sees their own. `opened` is the shop whose page at Stripe is open."""
    url = carried(staff.visit, AT_STRIPE) if opened else None
    return _show(staff, standing, words, page, back=back, opened=opened if url else "", url=url or "")


@router.post("/{shop}/onboarding")
def onboard(
    staff: Keeper,
    shop: Ref,
    email: Annotated[str, Form(max_length=100, pattern=r"^[^@\s]+@[^@\s]+$")],
    country: Annotated[str, Form(pattern=r"^\s*[A-Za-z]{2}\s*$")],
) -> Response:
    """The page at Stripe where the owner opens the account, or goes on with it."""
    known = staff.shop_named(shop)
    try:
        url = open_onboarding(
            staff.alliance, staff.caller, known, email, country.strip().upper(), _back_to(staff, known)
        )
    except NamedFact as error:
        return _show(staff, words=shop, problem=staff.visit.explain(error), status=error.error_kind.status)
    return _opened(staff, shop, url)


@router.post("/{shop}/mandate")
def mandate(staff: Keeper, shop: Ref) -> Response:
    """The page at Stripe where the owner lets an account be debited."""
    known = staff.shop_named(shop)
    try:
        url = open_mandate(staff.alliance, staff.caller, known, _back_to(staff, known), staff.visit.lang)
    except NamedFact as error:
        return _show(staff, words=shop, problem=staff.visit.explain(error), status=error.error_kind.status)
    return _opened(staff, shop, url)


def _opened(staff: StaffVisit, shop: str, url: str) -> Response:
    """The page that leads on to Stripe. A form may not do so by itself: it is sent to this site alone."""
    answer = RedirectResponse(f"/console/payments/accounts?{urlencode({'words': shop, 'opened': shop})}", 303)
    carry(staff.visit, answer, AT_STRIPE, url)
    return answer


def _back_to(staff: StaffVisit, shop: Shop) -> tuple[str, str]:
    here = f"{public_url(staff.visit.request)}/console/payments/accounts?{urlencode({'words': shop.ref})}"
    return f"{here}&back=true", here


def _show(
    staff: StaffVisit,
    standing: Readiness = "all",
    words: str = "",
    number: int = 1,
    *,
    opened: str = "",
    url: str = "",
    back: bool = False,
    problem: str = "",
    status: int = 200,
) -> HTMLResponse:
    typed, lang = words.casefold(), staff.visit.lang
    shops = {
        shop.ref: shop
        for shop in list_shops(staff.alliance)
        if staff.may_see(shop.ref)
        and shop.status not in GONE
        and typed in f"{shop.profile.name_in(lang)} {shop.ref}".casefold()
    }
    with payment_context(staff.alliance, staff.caller.id) as context:
        states = account_states(context, shops, lang)
    wanted = [state for state in states if standing == "all" or state.ready is (standing == "ready")]
    wanted.sort(key=lambda state: (state.ready, shops[state.shop].profile.name_in(lang).casefold(), state.shop))
    has_stripe = stripe_at(staff.alliance) is not None
    rows = [
        ListedAccount(
            state,
            shops[state.shop].profile.name_in(lang),
            staff.visit.say(WAYS.get(state.rail, state.rail)),
            [staff.visit.say(text) for text in asked_texts(state.asked)],
            shops[state.shop].profile.email or "",
            has_stripe and state.rail == STRIPE,
        )
        for state in wanted[(number - 1) * A_PAGE : number * A_PAGE]
    ]
    countries = Counter(state.country for state in states if state.country).most_common(1)
    ready = sum(state.ready for state in states)
    page = AccountsPage(
        rows=rows,
        missing=len(states) - ready,
        ready=ready,
        number=number,
        pages=max(1, -(-len(wanted) // A_PAGE)),
        standing=standing,
        words=words,
        own_shop=staff.shop,
        country=countries[0][0] if countries else "",
        opened=opened,
        url=url,
        back=back,
        problem=problem,
    )
    return show(staff.visit, page, status)
