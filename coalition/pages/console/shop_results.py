"""What points cost each shop and brought it, over whole windows, with the share that is redeemed and that expires."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import Depends, Query
from fastapi.responses import HTMLResponse

from coalition.locale.name_order import name_order
from coalition.pages.console.charts import part_of
from coalition.pages.console.list_page import Number, NumberedPage, numbered_page
from coalition.pages.console.period import NEWEST, AskedPeriod, WindowPeriod
from coalition.pages.console.sections import REPORTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.reports.shop_results import BPS, ShopResult, read_shop_results

router = PageRouter("/console/reports/shops")
Staff = Annotated[StaffVisit, Depends(admit(REPORTS.roles))]
A_PAGE = 50
Order = Literal["name", "received", "paid", "net"]


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A shop's result. `received_part` and `paid_part` are in percent of the largest of both."""

    name: str
    result: ShopResult
    received_part: float
    paid_part: float


KEYS: Mapping[Order, Callable[[ResultRow], tuple[object, ...]]] = {
    "name": lambda row: (name_order(row.name), row.result.shop),
    "received": lambda row: (-row.result.received_minor, row.result.shop),
    "paid": lambda row: (-row.result.paid_minor, row.result.shop),
    "net": lambda row: (-row.result.net_minor, row.result.shop),
}
"""What each order compares."""


@dataclass(frozen=True, slots=True)
class ShopResultsPage(ConsolePage):
    """A page of the shops, and the sums and rates of all together; None where nothing was issued."""

    period: WindowPeriod
    own_shop: str | None
    listed: NumberedPage[ResultRow]
    order: Order
    received_minor: int
    paid_minor: int
    issued: int
    redeemed: int
    expired: int
    redemption_bps: int | None
    breakage_bps: int | None
    newest: tuple[int, ...] = NEWEST
    section: Section = REPORTS


@router.get("")
def shop_results(
    staff: Staff, asked: AskedPeriod, sort: Annotated[Order, Query()] = "net", page: Number = 1
) -> HTMLResponse:
    """All shops, or the visitor's own."""
    period, names = asked.of(staff), staff.names()
    results = read_shop_results(staff.alliance, period.first, period.last, staff.shop)
    largest = max((each for row in results for each in (row.received_minor, row.paid_minor)), default=0)
    issued = sum(row.points.issued for row in results)
    redeemed = sum(row.points.redeemed_own + row.points.redeemed_elsewhere for row in results)
    expired = sum(row.points.expired for row in results)
    rows = [
        ResultRow(
            names.get(row.shop, row.shop), row, part_of(row.received_minor, largest), part_of(row.paid_minor, largest)
        )
        for row in results
    ]
    content = ShopResultsPage(
        period=period,
        own_shop=staff.shop,
        listed=numbered_page(sorted(rows, key=KEYS[sort]), page, A_PAGE),
        order=sort,
        received_minor=sum(row.received_minor for row in results),
        paid_minor=sum(row.paid_minor for row in results),
        issued=issued,
        redeemed=redeemed,
        expired=expired,
        redemption_bps=redeemed * BPS // issued if issued > 0 else None,
        breakage_bps=expired * BPS // issued if issued > 0 else None,
    )
    return show(staff.visit, content)
