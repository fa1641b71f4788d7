"""What points cost each shop and brought it, over whole windows, with the share that is redeemed and that expires."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from coalition.pages.console.charts import part_of
from coalition.pages.console.period import NEWEST, AskedPeriod, WindowPeriod
from coalition.pages.console.sections import REPORTS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.reports.shop_results import BPS, ShopResult, read_shop_results

router = PageRouter("/console/reports/shops")
Staff = Annotated[StaffVisit, Depends(admit(REPORTS.roles))]
ROWS_MOST = 30


@dataclass(frozen=True, slots=True)
class ResultRow:
    """A shop's result. `received_part` and `paid_part` are in percent of the largest of both."""

    name: str
    result: ShopResult
    received_part: float
    paid_part: float


@dataclass(frozen=True, slots=True)
class ShopResultsPage(ConsolePage):
    """The shops, and the rates of all together; None where nothing was issued. `more` shops are not shown."""

    period: WindowPeriod
    own_shop: str | None
    rows: list[ResultRow]
    more: int
    issued: int
    redeemed: int
    expired: int
    redemption_bps: int | None
    breakage_bps: int | None
    newest: tuple[int, ...] = NEWEST
    section: Section = REPORTS


@router.get("")
def shop_results(staff: Staff, asked: AskedPeriod) -> HTMLResponse:
    """All shops, or the visitor's own."""
    period, names = asked.of(staff), staff.names()
    results = read_shop_results(staff.alliance, period.first, period.last, staff.shop)
    largest = max((each for row in results for each in (row.received_minor, row.paid_minor)), default=0)
    issued = sum(row.points.issued for row in results)
    redeemed = sum(row.points.redeemed_own + row.points.redeemed_elsewhere for row in results)
    expired = sum(row.points.expired for row in results)
    page = ShopResultsPage(
        period=period,
        own_shop=staff.shop,
        rows=[
            ResultRow(
                names.get(row.shop, row.shop),
                row,
                part_of(row.received_minor, largest),
                part_of(row.paid_minor, largest),
            )
            for row in results[:ROWS_MOST]
        ],
        more=max(0, len(results) - ROWS_MOST),
        issued=issued,
        redeemed=redeemed,
        expired=expired,
        redemption_bps=redeemed * BPS // issued if issued > 0 else None,
        breakage_bps=expired * BPS // issued if issued > 0 else None,
    )
    return show(staff.visit, page)
