"""The map of who sends customers to whom: over whole windows, with how much hangs on a few shops."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, SHOP, Caller, Role
from coalition.api.access import allow, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import Text
from coalition.api.known_shop import check_shop
from coalition.api.problems import responses
from coalition.api.report_parts import FirstWindow, Format, LastWindow, as_table, csv_answer, window_bounds
from coalition.api.router import Router
from coalition.reports import flow_map
from coalition.reports.read_flow_map import read_flow_map
from coalition.reports.report_csv import flow_csv

router = Router(prefix="/v1/reports", tags=["reports"])
POSITION = 241

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
PROBLEMS = responses(
    (401, "No valid key."),
    (403, "Not for this role."),
    (404, "No such window or shop, or none of yours."),
    (422, "A field can't be used."),
)


class Concentration(BaseModel):
    """How much hangs on a few shops. Shares are in basis points, rounded down."""

    largest: str = Field(description="The shop with the largest share.")
    largest_bps: int = Field(description="Its share.")
    three_largest_bps: int = Field(description="The share of the three largest.")
    herfindahl_bps: int = Field(
        description="The sum of the squares of all shares: 10000 where a single shop has all, near zero where many "
        "have alike."
    )


class MapFlow(BaseModel):
    """Points of one shop that were spent at another."""

    issuer: str = Field(description="The shop that issued the points: it sent the customers.")
    shop: str = Field(description="The shop where they were spent.")
    points: int = Field(description="Points spent, less refunds.")
    worth_minor: int = Field(description="Their worth at the fixed rate, in minor units, rounded up.")


class MapShop(BaseModel):
    """What one shop sent to others and received from them."""

    shop: str = Field(description="The shop.")
    sent: int = Field(description="Its points that were spent at others.")
    sent_worth_minor: int = Field(description="Their worth, in minor units, rounded up once.")
    received: int = Field(description="Others' points that were spent at it.")
    received_worth_minor: int = Field(description="Their worth, in minor units, rounded up once.")
    sends_to: Concentration | None = Field(
        description="How much of what it sent went to a few; null where it sent nothing."
    )
    comes_from: Concentration | None = Field(
        description="How much of what it received came from a few; null where it received nothing."
    )


class FlowMap(BaseModel):
    """Who sent customers to whom."""

    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    points: int = Field(description="Points of all flows.")
    worth_minor: int = Field(description="Their worth, in minor units, rounded up once.")
    senders: Concentration | None = Field(
        description="How much of all was sent by a few; null where nothing was, and for a shop's flows."
    )
    receivers: Concentration | None = Field(
        description="How much of all was received by a few; null where nothing was, and for a shop's flows."
    )
    shops: list[MapShop] = Field(
        description="The shops that take part in a flow, the largest first by what they sent and received together; "
        "with `shop` that one alone."
    )
    flows: list[MapFlow] = Field(description="The flows, the largest first.")


@router.get(
    "/flow-map",
    operation_id="getFlowMap",
    summary="Get the map of customer flows",
    responses={**PROBLEMS, **as_table(FlowMap, "The map; all flows as a table with `format=csv`.")},
)
def get_flow_map(
    request: Request,
    caller: Reader,
    *,
    shop: Annotated[Text | None, Query(description="Only flows from and to this shop.")] = None,
    first_window: FirstWindow = None,
    last_window: LastWindow = None,
    most: Annotated[int, Query(ge=1, le=10_000, description="At most so many flows and so many shops.")] = 100,
    format: Format = "json",  # noqa: A002
) -> Response:
    """Points of one shop spent at another, over whole windows: what a till sent later is in the window in which it
    settles, as on statements. A shop's caller sees the flows from and to the shop.
    """
    alliance = alliance_now(request, caller)
    if shop is not None:
        own_shop(caller, shop)
        check_shop(request, caller, shop)
    own = caller.shop if caller.role in SHOP else shop
    first, last = window_bounds(alliance, first_window, last_window)
    read, currency = read_flow_map(alliance, first, last, own), alliance.book.settings.currency
    if format == "csv":
        return csv_answer(flow_csv(read, currency), "customer-flows")
    return Response(_render(read, currency, own, most).model_dump_json(), media_type="application/json")


def _render(read: flow_map.FlowMap, currency: str, own: str | None, most: int) -> FlowMap:
    shops = read.shops[:most] if own is None else [read.shop(own)]
    return FlowMap(
        currency=currency,
        points=read.points,
        worth_minor=read.worth_minor,
        senders=None if own is not None else _concentration(read.senders),
        receivers=None if own is not None else _concentration(read.receivers),
        shops=[
            MapShop(
                shop=row.shop,
                sent=row.sent,
                sent_worth_minor=row.sent_worth_minor,
                received=row.received,
                received_worth_minor=row.received_worth_minor,
                sends_to=_concentration(row.sends_to),
                comes_from=_concentration(row.comes_from),
            )
            for row in shops
        ],
        flows=[
            MapFlow(issuer=flow.issuer, shop=flow.shop, points=flow.points, worth_minor=flow.worth_minor)
            for flow in read.flows[:most]
        ],
    )


def _concentration(share: flow_map.Concentration | None) -> Concentration | None:
    if share is None:
        return None
    return Concentration(
        largest=share.largest,
        largest_bps=share.largest_bps,
        three_largest_bps=share.three_bps,
        herfindahl_bps=share.herfindahl_bps,
    )
