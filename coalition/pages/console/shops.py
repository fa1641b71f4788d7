"""All shops: how each stands, what it has at risk against its limit; and adding one."""

from contextlib import closing
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Form, Query, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from coalition.access.caller import HELPERS, STAFF, Role
from coalition.locale.messages import N_
from coalition.merchants.category import Category
from coalition.merchants.change_shop import REF_CHARS_MAX, apply_to_join
from coalition.merchants.list_shops import list_shops
from coalition.merchants.shop_profile import ShopProfile
from coalition.merchants.shop_status import ShopStatus
from coalition.merchants.store import Shop
from coalition.pages.console.charts import part_of
from coalition.pages.console.sections import SHOPS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import typed_text
from settlement import NamedFact
from settlement.clearing import Exposure, exposures

router = PageRouter("/console/shops")
Staff = Annotated[StaffVisit, Depends(admit(SHOPS.roles))]
Helper = Annotated[StaffVisit, Depends(admit(HELPERS & STAFF))]
A_PAGE = 100
STATUSES = {
    ShopStatus.APPLIED: N_("Has applied"),
    ShopStatus.ACTIVE: N_("Takes part"),
    ShopStatus.SUSPENDED: N_("Suspended"),
    ShopStatus.LEAVING: N_("Leaving"),
    ShopStatus.LEFT: N_("Has left"),
}
NAME_CHARS_MAX = 100
Order = Literal["name", "risk", "used"]


@dataclass(frozen=True, slots=True)
class ListedShop:
    """A shop and what it has at risk, which is None before it takes part. `part` is that of its limit, in percent."""

    shop: Shop
    risk: Exposure | None
    part: float


@dataclass(frozen=True, slots=True)
class ShopListPage(ConsolePage):
    """Shops in an order, of a status where one is asked for, whose name has what was typed."""

    rows: list[ListedShop]
    number: int
    pages: int
    count: int
    status: ShopStatus | None
    words: str
    order: Order
    statuses: dict[ShopStatus, str]
    may_add: bool
    new: str = ""
    ref: str = ""
    problem: str = ""
    section: Section = SHOPS


@router.get("")
def shops(
    staff: Staff,
    status: Annotated[ShopStatus | Literal[""], Query()] = "",
    words: Annotated[str, Query(max_length=NAME_CHARS_MAX)] = "",
    sort: Annotated[Order, Query()] = "name",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """All that are asked for; a manager goes to their own."""
    if staff.caller.role is Role.MANAGER:
        return RedirectResponse(f"/console/shops/{staff.shop}", 303)
    return _show(staff, status or None, words, page, order=sort)


@router.post("")
def add(
    staff: Helper,
    name: Annotated[str, Form(max_length=NAME_CHARS_MAX)],
    ref: Annotated[str, Form(max_length=REF_CHARS_MAX)],
    category: Annotated[Category | Literal[""], Form()] = "",
) -> Response:
    """A shop that applies; it takes part once its status is changed."""
    try:
        profile = ShopProfile(typed_text("name", name), category=category or None)
        made = apply_to_join(staff.alliance, staff.caller, ref.strip(), profile)
    except NamedFact as error:
        problem = staff.visit.explain(error)
        return _show(staff, new=name, ref=ref, problem=problem, code=error.error_kind.status)
    return RedirectResponse(f"/console/shops/{made.ref}", 303)


def _show(
    staff: StaffVisit,
    status: ShopStatus | None = None,
    words: str = "",
    number: int = 1,
    *,
    order: Order = "name",
    new: str = "",
    ref: str = "",
    problem: str = "",
    code: int = 200,
) -> HTMLResponse:
    typed = words.casefold()
    wanted = [
        shop
        for shop in list_shops(staff.alliance)
        if status in (None, shop.status) and typed in f"{shop.profile.name} {shop.ref}".casefold()
    ]
    wanted.sort(key=lambda shop: (shop.profile.name.casefold(), shop.ref))
    with closing(staff.alliance.database.session()) as session:
        risks = {row.shop: row for row in exposures(staff.alliance.book, session)}
    rows = [_listed(shop, risks.get(shop.ref)) for shop in wanted]
    if order == "risk":
        rows.sort(key=lambda row: 0 if row.risk is None else -row.risk.exposure_minor)
    elif order == "used":
        rows.sort(key=lambda row: -row.part)
    page = ShopListPage(
        rows=rows[(number - 1) * A_PAGE : number * A_PAGE],
        number=number,
        pages=max(1, -(-len(wanted) // A_PAGE)),
        count=len(wanted),
        status=status,
        words=words,
        order=order,
        statuses=STATUSES,
        may_add=staff.caller.role in HELPERS,
        new=new,
        ref=ref,
        problem=problem,
    )
    return show(staff.visit, page, code)


def _listed(shop: Shop, risk: Exposure | None) -> ListedShop:
    if risk is None or risk.limit_minor is None:
        return ListedShop(shop, risk, 0.0)
    return ListedShop(shop, risk, part_of(risk.exposure_minor, risk.limit_minor))
