"""Who sends customers to a shop, and where its own go."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from fastapi.responses import HTMLResponse

from coalition.pages.console.charts import part_of
from coalition.pages.console.list_page import Number, NumberedPage, numbered_page
from coalition.pages.console.period import NEWEST, AskedPeriod, WindowPeriod
from coalition.pages.console.sections import FLOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.pages.typed import Ref
from coalition.reports.flow_map import BPS, Concentration, CustomerFlow
from coalition.reports.read_flow_map import read_flow_map

router = PageRouter("/console/flows/{shop}")
Staff = Annotated[StaffVisit, Depends(admit(FLOWS.roles))]
A_PAGE = 20


@dataclass(frozen=True, slots=True)
class Partner:
    """Another shop, and the flow from it or to it. `bps` is its share of all, `part` that of the largest in percent."""

    ref: str
    flow: CustomerFlow
    bps: int
    part: float


@dataclass(frozen=True, slots=True)
class FlowSide:
    """What came from others or went to them, a page of it, the largest first. `share` is None for nothing."""

    partners: NumberedPage[Partner]
    points: int
    worth_minor: int
    share: Concentration | None


@dataclass(frozen=True, slots=True)
class ShopFlowsPage(ConsolePage):
    """Both sides of a shop. `is_own` is whether the visitor sees no other shop's."""

    period: WindowPeriod
    ref: str
    name: str
    names: dict[str, str]
    came: FlowSide
    went: FlowSide
    is_own: bool
    newest: tuple[int, ...] = NEWEST
    section: Section = FLOWS


@router.get("")
def shop_flows(staff: Staff, shop: Ref, asked: AskedPeriod, from_page: Number = 1, to_page: Number = 1) -> HTMLResponse:
    """From and to one shop."""
    name = staff.shop_named(shop).profile.name_in(staff.visit.lang)
    period = asked.of(staff)
    read = read_flow_map(staff.alliance, period.first, period.last, shop)
    own = read.shop(shop)
    came = [(flow.issuer, flow) for flow in read.flows if flow.shop == shop]
    went = [(flow.shop, flow) for flow in read.flows if flow.issuer == shop]
    page = ShopFlowsPage(
        period=period,
        ref=shop,
        name=name,
        names=staff.names(),
        came=_side(came, own.received, own.received_worth_minor, own.comes_from, from_page),
        went=_side(went, own.sent, own.sent_worth_minor, own.sends_to, to_page),
        is_own=staff.shop is not None,
    )
    return show(staff.visit, page)


def _side(
    flows: list[tuple[str, CustomerFlow]], points: int, worth_minor: int, share: Concentration | None, number: int
) -> FlowSide:
    largest = flows[0][1].points if flows else 0
    partners = [Partner(ref, flow, flow.points * BPS // points, part_of(flow.points, largest)) for ref, flow in flows]
    return FlowSide(numbered_page(partners, number, A_PAGE), points, worth_minor, share)
