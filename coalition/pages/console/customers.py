"""A shop's customers: how many bought month by month, for how many it was the first time, and for how much."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.access.caller import ALLIANCE, SHOP_STAFF, STAFF, Role
from coalition.pages.console.charts import HEIGHT, WIDTH, Column, columns
from coalition.pages.console.sections import REPORTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.reports.customers import CustomerMonth, read_customers
from coalition.reports.last_months import MONTHS_MAX
from settlement import date_of

router = PageRouter("/console/reports/customers")
Staff = Annotated[StaffVisit, Depends(admit((ALLIANCE | {Role.MANAGER}) & (STAFF | SHOP_STAFF)))]


@dataclass(frozen=True, slots=True)
class CustomersPage(ConsolePage):
    """The oldest month first. `ref` is empty where there is no shop to choose from `shops`."""

    ref: str
    name: str
    shops: list[tuple[str, str]]
    months: int
    customers: int
    purchases: int
    amount_minor: int
    new: int
    rows: list[tuple[date, CustomerMonth]]
    drawn: list[Column]
    choices: tuple[int, ...] = (6, 12, 24, 36)
    width: int = WIDTH
    height: int = HEIGHT
    section: Section = REPORTS


@router.get("")
def customers(
    staff: Staff,
    shop: Annotated[str, Query(max_length=100)] = "",
    months: Annotated[int, Query(ge=1, le=MONTHS_MAX)] = 12,
) -> HTMLResponse:
    """Of the visitor's own shop, of the one that is asked for, or of the first."""
    shops = staff.shops()
    ref = staff.shop or shop or (shops[0][0] if shops else "")
    name = staff.shop_named(ref).profile.name_in(staff.visit.lang) if ref else ""
    rows = read_customers(staff.alliance, ref, months)
    page = CustomersPage(
        ref=ref,
        name=name,
        shops=shops,
        months=months,
        customers=rows.customers,
        purchases=sum(row.purchases for row in rows.months),
        amount_minor=sum(row.amount_minor for row in rows.months),
        new=sum(row.new for row in rows.months),
        rows=[(date_of(row.month), row) for row in rows.months],
        drawn=columns([(str(row.month), "", row.new, row.returning) for row in rows.months]),
    )
    return show(staff.visit, page)
