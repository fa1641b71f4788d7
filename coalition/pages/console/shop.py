"""A shop: where it stands, its windows, its profile, its limit and deposit, its people, its disputes."""

from contextlib import closing
from dataclasses import dataclass, replace
from secrets import token_hex
from typing import Annotated, Any, Literal

from fastapi import BackgroundTasks, Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import HELPERS, OWNERS, STAFF, TREASURERS, Role
from coalition.access.user import User
from coalition.access.user_store import list_users
from coalition.approvals.approval import Approval
from coalition.disputes.store import Dispute, list_disputes
from coalition.ids import window_id
from coalition.locale.messages import N_
from coalition.merchants.category import CATEGORY_NAMES, Category
from coalition.merchants.change_shop import change_shop, set_limit
from coalition.merchants.shop_status import NEXT, ShopStatus
from coalition.merchants.store import Shop
from coalition.pages.console.amounts import typed_amount, typed_minor
from coalition.pages.console.charts import part_of
from coalition.pages.console.owed import OwedByShop, owed_by_shop
from coalition.pages.console.people import PEOPLE_MAX
from coalition.pages.console.sections import SHOPS, ConsolePage, Section
from coalition.pages.console.shops import STATUSES
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import FormKey, NewFormKey, Ref, optional_text, page_key, typed_text
from coalition.payments.move_deposit import Deposit, DepositAccount, request_pay_back, request_pay_in
from coalition.staff.invite_user import Invitee
from coalition.web.people import invite_person
from coalition.windows.find_window import SettlementWindow, list_windows
from settlement import NamedFact
from settlement.clearing import Exposure, exposures
from settlement.ledger import ExposureLimit

router = PageRouter("/console/shops/{shop}")
Staff = Annotated[StaffVisit, Depends(admit(SHOPS.roles))]
Keeper = Annotated[StaffVisit, Depends(admit((HELPERS & STAFF) | {Role.MANAGER}))]
Helper = Annotated[StaffVisit, Depends(admit(HELPERS & STAFF))]
Owner = Annotated[StaffVisit, Depends(admit(OWNERS & STAFF))]
Treasurer = Annotated[StaffVisit, Depends(admit(TREASURERS & STAFF))]
Inviter = Annotated[StaffVisit, Depends(admit({Role.OWNER, Role.MANAGER}))]
WINDOWS_MOST, DISPUTES_MOST = 6, 10
CHARS_MAX, LINES_CHARS_MAX = 200, 2000
BECOMES = {
    ShopStatus.ACTIVE: N_("It issues and takes points from now on."),
    ShopStatus.SUSPENDED: N_(
        "It issues and takes no points, and what it is owed is held back, until it takes part again."
    ),
    ShopStatus.LEAVING: N_("It issues no more points and still takes them; its own stay good until they expire."),
    ShopStatus.LEFT: N_(
        "It issues and takes no points any more, for good. Its outstanding points are settled as they are spent."
    ),
}
"""What a change to each status does."""


@dataclass(frozen=True, slots=True)
class ShopWindow:
    """A window, and the shop's net of it in minor units."""

    ref: str
    window: SettlementWindow
    net_minor: int


@dataclass(frozen=True, slots=True)
class ShopPage(ConsolePage):
    """All there is to know of a shop. What the visitor may do is said by the `may_` flags.

    `risk` is None before the shop takes part; `key` is that of the next deposit.
    """

    shop: Shop
    status: str
    risk: Exposure | None
    part: float
    owed: OwedByShop
    windows: list[ShopWindow]
    people: list[User]
    disputes: list[Dispute]
    next_statuses: list[tuple[ShopStatus, str, str]]
    categories: dict[Category, str]
    key: str
    may_edit: bool
    may_limit: bool
    may_deposit: bool
    may_invite: bool
    may_pay: bool
    sends_mail: bool
    done: str = ""
    problem: str = ""
    section: Section = SHOPS


@router.get("")
def shop(staff: Staff, shop: Ref, done: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
    """The shop."""
    return _show(staff, shop, done=done)


@router.post("/profile")
def change_profile(
    staff: Keeper,
    shop: Ref,
    name: Annotated[str, Form(max_length=CHARS_MAX)],
    name_zh: Annotated[str, Form(max_length=CHARS_MAX)] = "",
    category: Annotated[Category | Literal[""], Form()] = "",
    phone: Annotated[str, Form(max_length=CHARS_MAX)] = "",
    email: Annotated[str, Form(max_length=CHARS_MAX)] = "",
    website: Annotated[str, Form(max_length=CHARS_MAX)] = "",
    address: Annotated[str, Form(max_length=LINES_CHARS_MAX)] = "",
    description_en: Annotated[str, Form(max_length=LINES_CHARS_MAX)] = "",
    description_zh: Annotated[str, Form(max_length=LINES_CHARS_MAX)] = "",
) -> Response:
    """What the shop says of itself."""
    existing = staff.shop_named(shop)
    typed = {"name_zh": name_zh, "phone": phone, "email": email, "website": website}
    long = {"address": address, "description_en": description_en, "description_zh": description_zh}
    try:
        texts: dict[str, Any] = {field: optional_text(field, text) or None for field, text in typed.items()}
        texts |= {field: optional_text(field, text, lines=True) or None for field, text in long.items()}
        profile = replace(existing.profile, name=typed_text("name", name), category=category or None, **texts)
        change_shop(staff.alliance, staff.caller, existing, profile, existing.status)
    except NamedFact as error:
        return _refused(staff, shop, error)
    return _done(shop, "saved")


@router.post("/status")
def change_status(staff: Helper, shop: Ref, status: Annotated[ShopStatus, Form()]) -> Response:
    """Let it take part, suspend it, let it leave."""
    existing = staff.shop_named(shop)
    try:
        change_shop(staff.alliance, staff.caller, existing, existing.profile, status)
    except NamedFact as error:
        return _refused(staff, shop, error)
    return _done(shop, "status")


@router.post("/limit")
def change_limit(staff: Owner, shop: Ref, credit: Annotated[str, Form(max_length=30)]) -> Response:
    """How much it may have at risk beside its deposit; without an amount as much as it likes."""
    current = staff.shop_named(shop).limit
    try:
        limit = None
        if credit.strip():
            minor = typed_minor(staff.alliance.book.settings, "credit", credit)
            limit = ExposureLimit(minor) if current is None else replace(current, credit_minor=minor)
        if limit != current:
            set_limit(staff.alliance, staff.approvals, staff.caller, shop, current, limit)
    except NamedFact as error:
        return _refused(staff, shop, error)
    return _done(shop, "limit")


@router.post("/deposit")
def pay_in(
    staff: Treasurer,
    shop: Ref,
    key: FormKey,
    amount: Annotated[str, Form(max_length=30)],
    received: Annotated[str, Form(max_length=CHARS_MAX)] = "",
) -> Response:
    """Money into its deposit: received by hand with what proves it, or else collected."""
    try:
        minor = typed_amount(staff.alliance.book.settings, "amount", amount)
        asked = Deposit(shop, DepositAccount.DEPOSIT, minor, optional_text("received", received))
        begun = request_pay_in(staff.alliance, staff.approvals, staff.caller, asked, page_key(staff.caller, key))
    except NamedFact as error:
        return _refused(staff, shop, error)
    return _done(shop, "asked" if isinstance(begun, Approval) else "begun")


@router.post("/withdraw")
def pay_back(staff: Treasurer, shop: Ref, key: FormKey, amount: Annotated[str, Form(max_length=30)]) -> Response:
    """Money out of its deposit, over its way of payment, once another person has agreed."""
    staff.shop_named(shop)
    try:
        minor = typed_amount(staff.alliance.book.settings, "amount", amount)
        asked = Deposit(shop, DepositAccount.DEPOSIT, minor)
        request_pay_back(staff.alliance, staff.approvals, staff.caller, asked, page_key(staff.caller, key))
    except NamedFact as error:
        return _refused(staff, shop, error)
    return _done(shop, "asked")


@router.post("/people")
def invite(
    staff: Inviter,
    shop: Ref,
    background: BackgroundTasks,
    email: Annotated[str, Form(max_length=254)],
    name: Annotated[str, Form(max_length=100)],
    role: Annotated[Literal["manager", "cashier"], Form()],
    key: NewFormKey = "",
) -> Response:
    """Invite somebody of the shop."""
    staff.shop_named(shop)
    try:
        invitee = Invitee(typed_text("email", email), typed_text("name", name), Role(role), shop, staff.visit.lang)
        invite_person(background, staff.visit.request, staff.caller, invitee, key)
    except NamedFact as error:
        return _refused(staff, shop, error)
    return _done(shop, "invited")


def _done(shop: str, what: str) -> RedirectResponse:
    return RedirectResponse(f"/console/shops/{shop}?done={what}", 303)


def _refused(staff: StaffVisit, shop: str, error: NamedFact) -> HTMLResponse:
    return _show(staff, shop, staff.visit.explain(error), error.error_kind.status)


def _show(staff: StaffVisit, ref: str, problem: str = "", code: int = 200, *, done: str = "") -> HTMLResponse:
    alliance, existing, role = staff.alliance, staff.shop_named(ref), staff.caller.role
    with closing(alliance.database.session()) as session:
        risk = next((row for row in exposures(alliance.book, session) if row.shop == ref), None)
    with alliance.database.engine.connect() as connection:
        people = list_users(connection, alliance.id, ref, None, PEOPLE_MAX)
        disputes = list_disputes(connection, alliance.id, ref, None, DISPUTES_MOST)
    windows = [
        ShopWindow(window_id(window.opens_at), window, window.nets.get(ref, 0))
        for window in list_windows(alliance)[:WINDOWS_MOST]
    ]
    may_edit = role in HELPERS | {Role.MANAGER}
    page = ShopPage(
        shop=existing,
        status=staff.visit.say(STATUSES[existing.status]),
        risk=risk,
        part=0.0 if risk is None or risk.limit_minor is None else part_of(risk.exposure_minor, risk.limit_minor),
        owed=owed_by_shop(staff, ref, "" if staff.shop == ref else existing.profile.name_in(staff.visit.lang)),
        windows=windows,
        people=people,
        disputes=disputes,
        next_statuses=[
            (status, staff.visit.say(STATUSES[status]), staff.visit.say(BECOMES[status]))
            for status in ShopStatus
            if status in NEXT[existing.status] and role in HELPERS
        ],
        categories=dict(CATEGORY_NAMES),
        key=token_hex(16),
        may_edit=may_edit,
        may_limit=role in OWNERS and risk is not None,
        may_deposit=role in TREASURERS and risk is not None,
        may_invite=role in (Role.OWNER, Role.MANAGER),
        may_pay=role in TREASURERS | {Role.MANAGER},
        sends_mail=staff.sends_mail,
        done=done,
        problem=problem,
    )
    return show(staff.visit, page, code)
