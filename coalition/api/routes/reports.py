"""Reports: what is outstanding and backed, what was redeemed and lapsed, who sends customers to whom."""

from contextlib import closing
from fractions import Fraction
from math import ceil
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, SHOP, Caller, Role
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.problems import responses
from coalition.api.times import Moment
from coalition.feed.relay import catch_up
from coalition.locale.formats import instant
from coalition.members.cohorts import MONTHS_MAX, cohorts
from settlement import date_text
from settlement.clearing import exposures, flows_between, points_by_expiry, turnovers
from settlement.ledger import FOREVER_AGO

router = APIRouter(prefix="/v1/reports", tags=["reports"])
POSITION = 240

FOREVER = 2**62
Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
Alliance_ = Annotated[Caller, Depends(allow(ALLIANCE))]
PROBLEMS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))


class LiabilityVintage(BaseModel):
    """Points that members hold."""

    issuer: str = Field(description="The shop that issued them, and backs them.")
    expires_on: str = Field(description="Their last day.", examples=["2027-05-31"])
    points: int = Field(description="How many.")
    worth_minor: int = Field(description="What they are worth at their fixed rate, in minor units, rounded up.")


class LiabilityReport(BaseModel):
    """What is outstanding."""

    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    points: int = Field(description="All points that members hold, those of holds included.")
    worth_minor: int = Field(description="What they are worth, in minor units, rounded up once.")
    vintages: list[LiabilityVintage] = Field(description="By issuer and last day.")


class ShopTurnover(BaseModel):
    """A shop's points over a time."""

    shop: str = Field(description="The shop.")
    issued: int = Field(description="Points that it issued, less those taken back.")
    redeemed_own: int = Field(description="Its own points spent at it.")
    redeemed_here: int = Field(description="Others' points spent at it.")
    redeemed_elsewhere: int = Field(description="Its points spent at others.")
    expired: int = Field(description="Its points that expired.")
    redemption_bps: int | None = Field(
        description="Its points redeemed anywhere per points issued in this time, in basis points, rounded down; null "
        "where none were issued."
    )
    breakage_bps: int | None = Field(description="Its points expired per points issued, likewise.")


class ShopFlow(BaseModel):
    """Points of one shop that members spent at another."""

    issuer: str = Field(description="Who sent the customers.")
    shop: str = Field(description="Who got them.")
    points: int = Field(description="Points spent, less refunds.")


class ShopExposure(BaseModel):
    """What a shop has at risk."""

    shop: str = Field(description="The shop.")
    exposure_minor: int = Field(description="Its points outstanding and its open debts, in minor units.")
    deposit_minor: int = Field(description="Its deposit.")
    returnable_minor: int = Field(description="What was collected from it and can still come back.")
    deposit_short_minor: int = Field(description="What its deposit lacks to cover that.")
    limit_minor: int | None = Field(description="What it may have at risk; null where there is no limit.")
    level: Literal["within", "alert", "reserve", "stopped"] = Field(
        description="How near it is to its limit. From `reserve` on what it is owed stays in its deposit; `stopped` "
        "issues no more."
    )


class MemberCohort(BaseModel):
    """Members who joined in one month."""

    month: str = Field(description="The month, in the alliance's time zone.", examples=["2026-11"])
    members: int = Field(description="How many were enrolled in it.")
    active: list[int] = Field(description="How many of them bought in that month, in the next, and so on until now.")


@router.get("/liability", operation_id="getLiabilityReport", summary="Points outstanding", responses=PROBLEMS)
def report_liability(request: Request, caller: Reader) -> LiabilityReport:
    """By issuer and last day, as the accounts show a liability. A shop's caller sees its own."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        rows = [row for row in points_by_expiry(alliance.book, connection) if caller.may_act_for_shop(row.issuer)]
    worth = [row.points * alliance.minor_per_point(row.terms_id) for row in rows]
    return LiabilityReport(
        currency=alliance.book.settings.currency,
        points=sum(row.points for row in rows),
        worth_minor=ceil(sum(worth, Fraction(0))),
        vintages=[
            LiabilityVintage(
                issuer=row.issuer, expires_on=date_text(row.expires_on), points=row.points, worth_minor=ceil(minor)
            )
            for row, minor in zip(rows, worth, strict=True)
        ],
    )


@router.get(
    "/turnover", operation_id="getTurnoverReport", summary="Issued, redeemed, expired, by shop", responses=PROBLEMS
)
def report_turnover(
    request: Request,
    caller: Reader,
    since: Annotated[Moment | None, Query(description="From the windows that open then on.")] = None,
    until: Annotated[Moment | None, Query(description="To the windows that open before then.")] = None,
) -> list[ShopTurnover]:
    """Redemption rate and breakage of each shop over whole windows. A shop's caller sees its own."""
    alliance = alliance_now(request, caller)
    start = FOREVER_AGO if since is None else instant(since)
    end = FOREVER if until is None else instant(until)
    with alliance.database.engine.connect() as connection:
        rows = turnovers(alliance.book, connection, start, end)
    return [
        ShopTurnover(
            shop=row.shop,
            issued=row.issued,
            redeemed_own=row.redeemed_own,
            redeemed_here=row.redeemed_here,
            redeemed_elsewhere=row.redeemed_elsewhere,
            expired=row.expired,
            redemption_bps=_bps(row.redeemed_own + row.redeemed_elsewhere, row.issued),
            breakage_bps=_bps(row.expired, row.issued),
        )
        for row in rows
        if caller.may_act_for_shop(row.shop)
    ]


@router.get("/flows", operation_id="getFlowReport", summary="Who sends customers to whom", responses=PROBLEMS)
def report_flows(
    request: Request, caller: Reader, most: Annotated[int, Query(ge=1, le=1000, description="At most so many.")] = 100
) -> list[ShopFlow]:
    """Points of one shop spent at another, the largest flows first. A shop's caller sees those from it and to it."""
    alliance = alliance_now(request, caller)
    with alliance.database.engine.connect() as connection:
        rows = flows_between(alliance.book, connection, most, None if caller.role not in SHOP else caller.shop)
    return [ShopFlow(issuer=row.issuer, shop=row.shop, points=row.points) for row in rows]


@router.get("/exposures", operation_id="getExposureReport", summary="What each shop has at risk", responses=PROBLEMS)
def report_exposures(request: Request, caller: Reader) -> list[ShopExposure]:
    """Against deposit and limit, the nearest to its limit first. A shop's caller sees its own."""
    alliance = alliance_now(request, caller)
    with closing(alliance.database.session()) as session:
        rows = exposures(alliance.book, session)
    return [
        ShopExposure(
            shop=row.shop,
            exposure_minor=row.exposure_minor,
            deposit_minor=row.deposit_minor,
            returnable_minor=row.returnable_minor,
            deposit_short_minor=row.deposit_short_minor,
            limit_minor=row.limit_minor,
            level=row.level.value,
        )
        for row in rows
        if caller.may_act_for_shop(row.shop)
    ]


@router.get("/cohorts", operation_id="getCohortReport", summary="Who joined and who came back", responses=PROBLEMS)
def report_cohorts(
    request: Request,
    caller: Alliance_,
    months: Annotated[int, Query(ge=1, le=MONTHS_MAX, description="How many months back, the current one too.")] = 12,
) -> list[MemberCohort]:
    """Of the members enrolled in each month, how many bought in that month and in each since."""
    alliance = alliance_now(request, caller)
    catch_up(alliance)
    with alliance.database.engine.connect() as connection:
        rows = cohorts(connection, alliance.id, alliance.book.calendar, alliance.clock(), months)
    return [MemberCohort(month=date_text(row.month)[:7], members=row.members, active=row.active) for row in rows]


def _bps(part: int, whole: int) -> int | None:
    return part * 10_000 // whole if whole > 0 else None
