"""Who sends customers to whom, between all shops: as a chord diagram, and as its equal table."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import Depends, Query, Response
from fastapi.responses import RedirectResponse

from coalition.access.caller import Role
from coalition.locale.name_order import name_order
from coalition.pages.console.chord import EDGE, Chord, chord
from coalition.pages.console.list_page import Number, NumberedPage, Words, numbered_page
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
A_PAGE = 30
ShopOrder = Literal["both", "name", "sent", "received"]
FlowOrder = Literal["points", "from", "to"]
SHOP_KEYS: Mapping[ShopOrder, Callable[[str, ShopFlows], tuple[object, ...]]] = {
    "both": lambda name, row: (-row.sent - row.received, name_order(name)),
    "name": lambda name, row: (name_order(name), row.shop),
    "sent": lambda name, row: (-row.sent, name_order(name)),
    "received": lambda name, row: (-row.received, name_order(name)),
}
"""What each order compares, by the names of shops."""


@dataclass(frozen=True, slots=True)
class NamedFlow:
    """A flow with the names of its shops."""

    source: str
    target: str
    flow: CustomerFlow


FLOW_KEYS: Mapping[FlowOrder, Callable[[NamedFlow], tuple[object, ...]]] = {
    "points": lambda row: (-row.flow.points, row.flow.issuer, row.flow.shop),
    "from": lambda row: (name_order(row.source), -row.flow.points, row.flow.shop),
    "to": lambda row: (name_order(row.target), -row.flow.points, row.flow.issuer),
}
"""What each order compares."""


@dataclass(frozen=True, slots=True)
class FlowsPage(ConsolePage):
    """The drawing, whose places are `drawn` shops and, where there are more, one for all others (None); what went
    between each two of these; and a page of the shops and one of the flows, of those whose names have these `words`.
    `among_others` is what is not drawn: points from others to others. `base` is the address without what is chosen of
    the lists.
    """

    period: WindowPeriod
    read: FlowMap
    names: dict[str, str]
    drawing: Chord
    drawn: list[str | None]
    between: dict[tuple[int, int], int]
    among_others: int
    shops: NumberedPage[ShopFlows]
    flows: NumberedPage[NamedFlow]
    words: str
    by: ShopOrder
    sort: FlowOrder
    base: str
    newest: tuple[int, ...] = NEWEST
    edge: float = EDGE
    section: Section = FLOWS


@router.get("")
def flows(
    staff: Staff,
    asked: AskedPeriod,
    words: Words = "",
    by: Annotated[ShopOrder, Query()] = "both",
    part: Number = 1,
    sort: Annotated[FlowOrder, Query()] = "points",
    page: Number = 1,
) -> Response:
    """Between all shops; a manager goes to their own. `by` and `part` are of the shops, `sort` and `page` of flows."""
    if staff.caller.role is Role.MANAGER:
        return RedirectResponse(f"/console/flows/{staff.shop}", 303)
    period, names = asked.of(staff), staff.names()
    read = read_flow_map(staff.alliance, period.first, period.last)
    drawn: list[str | None] = [row.shop for row in read.shops[:DRAWN]]
    if len(read.shops) > DRAWN:
        drawn.append(None)
    between = _between(read, drawn)
    others = len(drawn) - 1
    among_others = between.pop((others, others), 0) if None in drawn else 0
    wanted = {row.shop for row in read.shops if words.casefold() in _name(names, row.shop).casefold()}
    shops = [row for row in read.shops if row.shop in wanted]
    shops.sort(key=lambda row: SHOP_KEYS[by](_name(names, row.shop), row))
    listed = [
        NamedFlow(_name(names, flow.issuer), _name(names, flow.shop), flow)
        for flow in read.flows
        if flow.issuer in wanted or flow.shop in wanted
    ]
    listed.sort(key=FLOW_KEYS[sort])
    content = FlowsPage(
        period=period,
        read=read,
        names=names,
        drawing=chord(len(drawn), [(*pair, points) for pair, points in between.items()]),
        drawn=drawn,
        between=between,
        among_others=among_others,
        shops=numbered_page(shops, part, A_PAGE),
        flows=numbered_page(listed, page, A_PAGE),
        words=words,
        by=by,
        sort=sort,
        base=f"?{period.query}&words={quote(words)}",
    )
    return show(staff.visit, content)


def _name(names: Mapping[str, str], ref: str) -> str:
    return names.get(ref, ref)


def _between(read: FlowMap, drawn: list[str | None]) -> dict[tuple[int, int], int]:
    """Points from each place of the drawing to each other; who has none of their own is in the last."""
    places = {shop: at for at, shop in enumerate(drawn)}
    others = len(drawn) - 1
    between = defaultdict[tuple[int, int], int](int)
    for flow in read.flows:
        between[places.get(flow.issuer, others), places.get(flow.shop, others)] += flow.points
    return dict(between)
