"""A shop's days: what it sold, gave and took by till and cashier, and whether it wants that by e-mail."""

from dataclasses import asdict
from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictBool

from coalition.access.caller import ALLIANCE, OWNERS, Caller, Role
from coalition.api.access import allow, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import ShopRef
from coalition.api.known_shop import check_shop
from coalition.api.problems import responses
from coalition.api.router import Router
from coalition.api.times import Day as CalendarDay
from coalition.api.times import Moment
from coalition.day_sheets.as_csv import as_csv
from coalition.day_sheets.day_sheet import DayFigures as DayNumbers
from coalition.day_sheets.day_sheet import DaySheet as ShopDay
from coalition.day_sheets.read_day_sheet import read_day_sheet
from coalition.day_sheets.set_day_mail import find_day_mail, set_day_mail
from coalition.ids import window_id
from coalition.locale.formats import moment
from settlement import date_text, day_number

router = Router(prefix="/v1/shops/{shop}", tags=["shops"])
POSITION = 22

Readers = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
Managers = Annotated[Caller, Depends(allow(OWNERS | {Role.MANAGER}))]
DayWritten = Annotated[CalendarDay, Path(description="A day of the alliance's calendar.", examples=["2026-06-01"])]
PROBLEMS = responses(
    (401, "No valid key or session."),
    (403, "Not for this role."),
    (404, "No such shop, or none of yours."),
    (422, "A parameter or field can't be used."),
)


class DayFigures(BaseModel):
    """What was rung up. Amounts in minor units."""

    sales: int = Field(description="How many sales, those included that were voided or refunded later.")
    sales_minor: int = Field(description="What they came to.")
    cash_minor: int = Field(description="What of it was to be paid in money.")
    points_earned: int = Field(description="Points that they issued.")
    points_taken: int = Field(description="Points that paid, those of captured holds included.")
    voids: int = Field(description="How many sales were voided.")
    voids_minor: int = Field(description="What that undid.")
    refunds: int = Field(description="How many refunds.")
    refunds_minor: int = Field(description="What they undid.")
    cash_back_minor: int = Field(description="What voids and refunds gave back in money.")
    points_returned: int = Field(description="Points that voids and refunds gave back to members.")
    points_taken_back: int = Field(description="Points earned that voids and refunds took back.")
    enrolled: int = Field(description="How many members were enrolled.")
    money_minor: int = Field(description="The money in the drawer: what came in less what went back.")


class DayRow(DayFigures):
    """What one cashier rang up at one till."""

    till: str | None = Field(description="The connected till; null for what came by a key or an account of staff.")
    till_name: str | None = Field(description="What the shop knows it by.")
    cashier: str | None = Field(description="The cashier.")
    cashier_name: str | None = Field(description="Their name.")


class DayWindow(BaseModel):
    """A window that the day settles in."""

    window: str = Field(description="Its id.", examples=["win_20260601T000000Z"])
    status: Literal["open", "due", "closed"] = Field(description="How far it is.")
    closes_at: Moment = Field(description="When it is over.")
    net_minor: int = Field(
        description="The shop's net of the whole window, in minor units, so far where it is not closed: above zero the "
        "shop receives, below zero it pays."
    )


class DaySheet(BaseModel):
    """A shop's day."""

    shop: str = Field(description="The shop.")
    day: str = Field(description="The day.", examples=["2026-06-01"])
    over: bool = Field(description="Whether the day is over; until then these are the figures so far.")
    currency: str = Field(description="ISO 4217 code of the currency.")
    total: DayFigures = Field(description="All rows together.")
    rows: list[DayRow] = Field(description="By till and cashier.")
    windows: list[DayWindow] = Field(description="What the windows say that the day's postings settle in.")


class DayMailUpdate(BaseModel):
    """Whether the shop wants it."""

    model_config = ConfigDict(extra="forbid")

    wanted: StrictBool = Field(description="Whether to send it.")


class DayMail(DayMailUpdate):
    """Whether a shop gets its daily figures by e-mail."""

    problem: str | None = Field(description="Why the newest one has not arrived; null where nothing went wrong.")


@router.get(
    "/days/{day}",
    operation_id="getDaySheet",
    summary="A shop's day: sales, points, voids and refunds by cashier",
    responses={
        **PROBLEMS,
        200: {
            "model": DaySheet,
            "description": "The sheet; as a table with `format=csv`.",
            "content": {"text/csv": {"schema": {"type": "string"}}},
        },
    },
)
def get_day_sheet(
    request: Request,
    shop: ShopRef,
    day: DayWritten,
    caller: Readers,
    *,
    format: Annotated[Literal["json", "csv"], Query(description="The format.")] = "json",  # noqa: A002
) -> Response:
    """What happened on a day of the alliance's calendar: what a till sent later is of the day when it was sold."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    alliance = alliance_now(request, caller)
    sheet, currency = read_day_sheet(alliance, shop, day_number(day)), alliance.book.settings.currency
    if format == "csv":
        name = f"day-{shop}-{date_text(sheet.day)}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(as_csv(sheet, currency), headers=headers, media_type="text/csv; charset=utf-8")
    return Response(_render(sheet, currency).model_dump_json(), media_type="application/json")


@router.get("/day-mail", operation_id="getDayMail", summary="Whether daily figures are e-mailed", responses=PROBLEMS)
def get_day_mail(request: Request, shop: ShopRef, caller: Managers) -> DayMail:
    """They go to the shop's managers, or to the address of its profile where it has none."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    return _mail(request, caller, shop)


@router.put("/day-mail", operation_id="setDayMail", summary="E-mail daily figures, or stop it", responses=PROBLEMS)
def put_day_mail(request: Request, shop: ShopRef, body: DayMailUpdate, caller: Managers) -> DayMail:
    """From today on: the figures of a day are sent an hour after it is over, once, to each manager of the shop."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    set_day_mail(alliance_now(request, caller), caller, shop, wanted=body.wanted)
    return _mail(request, caller, shop)


def _mail(request: Request, caller: Caller, shop: str) -> DayMail:
    mail = find_day_mail(alliance_now(request, caller), shop)
    return DayMail(wanted=mail.wanted, problem=mail.problem)


def _render(sheet: ShopDay, currency: str) -> DaySheet:
    return DaySheet(
        shop=sheet.shop,
        day=date_text(sheet.day),
        over=sheet.is_over,
        currency=currency,
        total=DayFigures(**_numbers(sheet.total)),
        rows=[
            DayRow(
                till=row.till,
                till_name=sheet.names.get(row.till or ""),
                cashier=row.cashier,
                cashier_name=sheet.names.get(row.cashier or ""),
                **_numbers(row.figures),
            )
            for row in sheet.rows
        ],
        windows=[
            DayWindow(
                window=window_id(window.opens_at),
                status=window.status.value,
                closes_at=moment(window.closes_at),
                net_minor=window.nets.get(sheet.shop, 0),
            )
            for window in sheet.windows
        ],
    )


def _numbers(figures: DayNumbers) -> dict[str, int]:
    return {**asdict(figures), "money_minor": figures.money_minor}
