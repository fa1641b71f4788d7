"""Reports: liability at a date, turnover and flows by calendar day, exposures, cohorts."""

from contextlib import closing
from datetime import date
from typing import Annotated, Literal

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field, TypeAdapter

from coalition.access.caller import ALLIANCE, SHOP, Caller, Role
from coalition.alliance import Alliance
from coalition.api.access import allow
from coalition.api.alliance import alliance_now
from coalition.api.problems import invalid, responses
from coalition.api.report_parts import Format, MonthCount, as_table, csv_answer
from coalition.api.router import Router
from coalition.api.times import Day, Moment
from coalition.locale.formats import moment
from coalition.reports.cohorts import read_cohorts
from coalition.reports.read_liability import read_liability
from coalition.reports.report_csv import cohort_csv, liability_csv
from settlement import date_text, day_number
from settlement.clearing import exposures, flows_between, turnovers

router = Router(prefix="/v1/reports", tags=["reports"])
POSITION = 240

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
Alliance_ = Annotated[Caller, Depends(allow(ALLIANCE))]
AsOf = Annotated[
    Day | None,
    Query(description="As of the end of this day in the alliance's time zone; as of now where it is left out."),
]
FirstDay = Annotated[
    Day | None, Query(description="Only what happened on this day of the alliance's calendar or later.")
]
LastDay = Annotated[
    Day | None, Query(description="Only what happened on this day of the alliance's calendar or before.")
]
PROBLEMS = responses((401, "No valid key."), (403, "Not for this role."), (422, "A field can't be used."))


class LiabilityVintage(BaseModel):
    """Points that members hold of one issuer, with one expiry."""

    issuer: str = Field(description="The shop that issued them.")
    expires_on: str = Field(description="Their last valid day.", examples=["2027-05-31"])
    points: int = Field(description="How many points.")
    worth_minor: int = Field(description="Their worth at the fixed rate, in minor units, rounded up.")


class LiabilityReport(BaseModel):
    """The alliance's liability: the points that members hold."""

    as_of: Moment = Field(description="The moment that it is of: now, or the end of the day that was asked for.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    points: int = Field(description="All points that members hold, held ones included.")
    worth_minor: int = Field(description="Their worth, in minor units, rounded up once.")
    vintages: list[LiabilityVintage] = Field(description="By issuer and expiry.")


class ShopTurnover(BaseModel):
    """A shop's points over a period."""

    shop: str = Field(description="The shop.")
    issued: int = Field(description="Points that it issued, less those taken back.")
    redeemed_own: int = Field(description="Its own points spent at it.")
    redeemed_here: int = Field(description="Others' points spent at it.")
    redeemed_elsewhere: int = Field(description="Its points spent at others.")
    expired: int = Field(description="Its points that expired.")
    redemption_bps: int | None = Field(
        description="The shop's points redeemed anywhere, per points issued in the period, in basis points, rounded "
        "down; "
        "null if none were issued."
    )
    breakage_bps: int | None = Field(
        description="The shop's points expired per points issued, in basis points, rounded down; null if none were "
        "issued."
    )


class ShopFlow(BaseModel):
    """Points of one shop that were spent at another."""

    issuer: str = Field(description="The shop that issued the points: it sent the customers.")
    shop: str = Field(description="The shop where they were spent.")
    points: int = Field(description="Points spent, less refunds.")


class ShopExposure(BaseModel):
    """What a shop has at risk."""

    shop: str = Field(description="The shop.")
    exposure_minor: int = Field(description="Its outstanding points and open debts, in minor units.")
    deposit_minor: int = Field(description="Its deposit, in minor units.")
    returnable_minor: int = Field(description="Collections from it that its bank can still return, in minor units.")
    deposit_short_minor: int = Field(
        description="How much its deposit falls short of covering those returns, in minor units."
    )
    limit_minor: int | None = Field(description="The most that it may have at risk, in minor units; null for no limit.")
    level: Literal["within", "alert", "reserve", "stopped"] = Field(
        description="How near it is to its limit. From `reserve` on, payouts stay in its deposit; at `stopped` it "
        "can't "
        "issue points."
    )


class MemberCohort(BaseModel):
    """Members who joined in one month."""

    month: str = Field(description="The month, in the alliance's time zone.", examples=["2026-11"])
    members: int = Field(description="How many members enrolled in the month.")
    active: list[int] = Field(
        description="How many of them bought something in that month, in the next, and so on to the last month."
    )


COHORTS = TypeAdapter(list[MemberCohort])


@router.get(
    "/liability",
    operation_id="getLiabilityReport",
    summary="Get the points outstanding",
    responses={**PROBLEMS, **as_table(LiabilityReport, "The report; as a table with `format=csv`.")},
)
def report_liability(
    request: Request,
    caller: Reader,
    *,
    as_of: AsOf = None,
    format: Format = "json",  # noqa: A002
) -> Response:
    """By issuer and expiry, as a liability in the accounts. A shop's caller sees the shop's own points.

    As of a day, a sale counts when it happened, even where its till sent it later. So the report of one day and that of
    another differ by exactly what the turnover of the days between them issued, less what was redeemed and expired.
    """
    alliance = alliance_now(request, caller)
    read = read_liability(alliance, _day_asked(alliance, as_of), caller.may_act_for_shop)
    currency = alliance.book.settings.currency
    if format == "csv":
        return csv_answer(liability_csv(read, currency), "liability")
    report = LiabilityReport(
        as_of=moment(read.as_of),
        currency=currency,
        points=read.points,
        worth_minor=read.worth_minor,
        vintages=[
            LiabilityVintage(
                issuer=part.issuer,
                expires_on=date_text(part.expires_on),
                points=part.points,
                worth_minor=part.worth_minor,
            )
            for part in read.parts
        ],
    )
    return Response(report.model_dump_json(), media_type="application/json")


@router.get(
    "/turnover",
    operation_id="getTurnoverReport",
    summary="Get points issued, redeemed and expired, by shop",
    responses=PROBLEMS,
)
def report_turnover(
    request: Request,
    caller: Reader,
    first_day: FirstDay = None,
    last_day: LastDay = None,
) -> list[ShopTurnover]:
    """With redemption rate and breakage, by calendar day. A shop's caller sees the shop's own figures.

    A week that lies in two years counts in each with its own days, whichever window it is settled in.
    """
    alliance = alliance_now(request, caller)
    since, until = _period(alliance, first_day, last_day)
    with closing(alliance.database.session()) as session:
        config = alliance.book.config(session)
    with alliance.database.engine.connect() as connection:
        rows = turnovers(alliance.book, connection, config, since, until)
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


@router.get(
    "/flows", operation_id="getFlowReport", summary="Get which shops send customers to which", responses=PROBLEMS
)
def report_flows(
    request: Request,
    caller: Reader,
    most: Annotated[int, Query(ge=1, le=1000, description="At most so many flows.")] = 100,
    first_day: FirstDay = None,
    last_day: LastDay = None,
) -> list[ShopFlow]:
    """Points of one shop spent at another, largest first. A shop's caller sees the flows from and to the shop."""
    alliance = alliance_now(request, caller)
    since, until = _period(alliance, first_day, last_day)
    own = None if caller.role not in SHOP else caller.shop
    with alliance.database.engine.connect() as connection:
        rows = flows_between(alliance.book, connection, most, own, since, until)
    return [ShopFlow(issuer=row.issuer, shop=row.shop, points=row.points) for row in rows]


@router.get(
    "/exposures", operation_id="getExposureReport", summary="Get what each shop has at risk", responses=PROBLEMS
)
def report_exposures(request: Request, caller: Reader) -> list[ShopExposure]:
    """Against deposit and limit, nearest to its limit first. A shop's caller sees the shop's own exposure."""
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


@router.get(
    "/cohorts",
    operation_id="getCohortReport",
    summary="Get how many members joined and came back",
    responses={**PROBLEMS, **as_table(list[MemberCohort], "The cohorts; as a table with `format=csv`.")},
)
def report_cohorts(
    request: Request,
    caller: Alliance_,
    *,
    months: MonthCount = 12,
    format: Format = "json",  # noqa: A002
) -> Response:
    """For the members who enrolled in each month: how many bought something in that month and in each later one."""
    rows = read_cohorts(alliance_now(request, caller), months)
    if format == "csv":
        return csv_answer(cohort_csv(rows), "cohorts")
    made = [MemberCohort(month=date_text(row.month)[:7], members=row.members, active=row.active) for row in rows]
    return Response(COHORTS.dump_json(made), media_type="application/json")


def _period(alliance: Alliance, first_day: date | None, last_day: date | None) -> tuple[int | None, int | None]:
    """The instants between which these days lie, half open."""
    if first_day is not None and last_day is not None and last_day < first_day:
        raise invalid("last_day", "days_reversed")
    calendar = alliance.calendar
    return (
        None if first_day is None else calendar.start_of_day(day_number(first_day)),
        None if last_day is None else calendar.end_of_day(day_number(last_day)),
    )


def _day_asked(alliance: Alliance, day: date | None) -> int | None:
    if day is not None and day_number(day) > alliance.today:
        raise invalid("as_of", "after_today", today=date_text(alliance.today))
    return None if day is None else day_number(day)


def _bps(part: int, whole: int) -> int | None:
    return part * 10_000 // whole if whole > 0 else None
