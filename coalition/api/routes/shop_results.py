"""What points cost each shop and brought it, over whole windows."""

from typing import Annotated

from fastapi import Depends, Request, Response
from pydantic import BaseModel, Field, TypeAdapter

from coalition.access.caller import ALLIANCE, SHOP, Caller, Role
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.problems import responses
from coalition.api.report_parts import FirstWindow, Format, LastWindow, as_table, csv_answer, window_bounds
from coalition.api.router import Router
from coalition.reports.report_csv import shop_result_csv
from coalition.reports.shop_results import ShopResult as Result
from coalition.reports.shop_results import read_shop_results

router = Router(prefix="/v1/reports", tags=["reports"])
POSITION = 242

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
PROBLEMS = responses(
    (401, "No valid key."), (403, "Not for this role."), (404, "No such window."), (422, "A field can't be used.")
)


class ShopResult(BaseModel):
    """What points cost a shop and brought it. Amounts are in minor units, all but the net rounded to the nearest."""

    shop: str = Field(description="The shop.")
    issued: int = Field(description="Points that it issued, less those taken back.")
    redeemed_own: int = Field(description="Its own points spent at it.")
    redeemed_here: int = Field(description="Others' points spent at it.")
    redeemed_elsewhere: int = Field(description="Its points spent at others.")
    expired: int = Field(description="Its points that expired.")
    redemption_bps: int | None = Field(
        description="Its points redeemed anywhere per points issued, in basis points, rounded down; null if none were "
        "issued."
    )
    breakage_bps: int | None = Field(
        description="Its points expired per points issued, in basis points, rounded down; null if none were issued."
    )
    paid_minor: int = Field(
        description="What it paid for its points: where they were spent at others or, where points are paid for as "
        "they are issued, then."
    )
    taken_minor: int = Field(
        description="The worth of its own points spent at it, for which it gave goods and nobody paid it."
    )
    received_minor: int = Field(description="What it was paid for points that were spent at it.")
    other_minor: int = Field(
        description="The rest of its net: fees, what came back for expired points, compensation, and what rounding "
        "left."
    )
    net_minor: int = Field(
        description="What it received less what it paid: the sum of its nets of these windows, of open ones so far."
    )


RESULTS = TypeAdapter(list[ShopResult])


@router.get(
    "/shop-results",
    operation_id="getShopResults",
    summary="Get what points cost and brought each shop",
    responses={**PROBLEMS, **as_table(list[ShopResult], "The shops; as a table with `format=csv`.")},
)
def get_shop_results(
    request: Request,
    caller: Reader,
    *,
    first_window: FirstWindow = None,
    last_window: LastWindow = None,
    format: Format = "json",  # noqa: A002
) -> Response:
    """Over whole windows, so that it adds up to statements; the most first. A shop's caller sees the shop's own."""
    alliance = alliance_now(request, caller)
    first, last = window_bounds(alliance, first_window, last_window)
    rows = read_shop_results(alliance, first, last, caller.shop if caller.role in SHOP else None)
    if format == "csv":
        return csv_answer(shop_result_csv(rows, alliance.book.settings.currency), "shop-results")
    return Response(RESULTS.dump_json([_render(row) for row in rows]), media_type="application/json")


def _render(row: Result) -> ShopResult:
    return ShopResult(
        shop=row.shop,
        issued=row.points.issued,
        redeemed_own=row.points.redeemed_own,
        redeemed_here=row.points.redeemed_here,
        redeemed_elsewhere=row.points.redeemed_elsewhere,
        expired=row.points.expired,
        redemption_bps=row.redemption_bps,
        breakage_bps=row.breakage_bps,
        paid_minor=row.paid_minor,
        taken_minor=row.taken_minor,
        received_minor=row.received_minor,
        other_minor=row.other_minor,
        net_minor=row.net_minor,
    )
