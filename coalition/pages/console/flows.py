"""Who sends customers to whom, between all shops: as a chord diagram, and as its equal table."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Response
from fastapi.responses import RedirectResponse

from coalition.access.caller import Role
from coalition.pages.console.chord import EDGE, Chord, chord
from coalition.pages.console.period import NEWEST, AskedPeriod, WindowPeriod
from coalition.pages.console.sections import FLOWS, ConsolePage, Section
from coalition.pages.console.staff_visit import StaffVisit, admit
from coalition.pages.page import show
from coalition.pages.page_router import PageRouter
from coalition.reports.flow_map import CustomerFlow, FlowMap, ShopFlows
from coalition.reports.read_flow_map import read_flow_map

router = PageRouter("/console/flows")
Staff = Annotated[StaffVisit, Depends(admit(FLOWS.roles))]
DRAWN = 12
"""Shops that have an arc of their own; all others share one."""
SHOPS_MOST, FLOWS_MOST = 30, 30


@dataclass(frozen=True, slots=True)
class FlowsPage(ConsolePage):
    """The drawing, whose places are `drawn` shops and, where there are more, one for all others (None); what went
    between each two of these; and the largest shops and flows. `among_others` is what is not drawn: points from others
    to others.
    """

    period: WindowPeriod
    read: FlowMap
    names: dict[str, str]
    drawing: Chord
    drawn: list[str | None]
    between: dict[tuple[int, int], int]
    among_others: int
    shops: list[ShopFlows]
    flows: list[CustomerFlow]
    newest: tuple[int, ...] = NEWEST
    edge: float = EDGE
    section: Section = FLOWS


@router.get("")
def flows(staff: Staff, asked: AskedPeriod) -> Response:
    """Between all shops; a manager goes to their own."""
    if staff.caller.role is Role.MANAGER:
        return RedirectResponse(f"/console/flows/{staff.shop}", 303)
    period = asked.of(staff)
    read = read_flow_map(staff.alliance, period.first, period.last)
    drawn: list[str | None] = [row.shop for row in read.shops[:DRAWN]]
    if len(read.shops) > DRAWN:
        drawn.append(None)
    between = _between(read, drawn)
    others = len(drawn) - 1
    among_others = between.pop((others, others), 0) if None in drawn else 0
    page = FlowsPage(
        period=period,
        read=read,
        names=staff.names(),
        drawing=chord(len(drawn), [(*pair, points) for pair, points in between.items()]),
        drawn=drawn,
        between=between,
        among_others=among_others,
        shops=read.shops[:SHOPS_MOST],
        flows=read.flows[:FLOWS_MOST],
    )
    return show(staff.visit, page)


def _between(read: FlowMap, drawn: list[str | None]) -> dict[tuple[int, int], int]:
    """Points from each place of the drawing to each other; who has none of their own is in the last."""
    places = {shop: at for at, shop in enumerate(drawn)}
    others = len(drawn) - 1
    between = defaultdict[tuple[int, int], int](int)
    for flow in read.flows:
        between[places.get(flow.issuer, others), places.get(flow.shop, others)] += flow.points
    return dict(between)
