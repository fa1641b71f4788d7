"""A shop's customers, month by month."""

from typing import Annotated

from fastapi import Depends, Query, Request, Response
from pydantic import BaseModel, Field

from coalition.access.caller import ALLIANCE, Caller, Role
from coalition.api.access import allow, own_shop
from coalition.api.alliance import alliance_now
from coalition.api.fields import Text
from coalition.api.known_shop import check_shop
from coalition.api.problems import responses
from coalition.api.report_parts import Format, MonthCount, as_table, csv_answer
from coalition.api.router import Router
from coalition.reports.customers import read_customers
from coalition.reports.report_csv import customer_csv
from settlement import date_text

router = Router(prefix="/v1/reports", tags=["reports"])
POSITION = 243

Reader = Annotated[Caller, Depends(allow(ALLIANCE | {Role.MANAGER, Role.TILL}))]
PROBLEMS = responses(
    (401, "No valid key."), (403, "Not for this role."), (404, "No such shop."), (422, "A field can't be used.")
)


class CustomerMonth(BaseModel):
    """A shop's customers of a month."""

    month: str = Field(description="The month, in the alliance's time zone.", examples=["2026-11"])
    customers: int = Field(description="How many members bought something at the shop.")
    new: int = Field(description="How many of them had bought nothing there in an earlier month.")
    returning: int = Field(description="How many of them had.")
    purchases: int = Field(description="How many purchases they made there.")
    amount_minor: int = Field(description="What the goods cost, in minor units, before anything was given back.")


class CustomerReport(BaseModel):
    """A shop's customers: numbers, and nobody's name."""

    shop: str = Field(description="The shop.")
    currency: str = Field(description="ISO 4217 code of the alliance's currency.")
    customers: int = Field(description="How many different members bought something in all of these months.")
    months: list[CustomerMonth] = Field(description="The months, the oldest first.")


@router.get(
    "/customers",
    operation_id="getCustomerReport",
    summary="Get a shop's customers month by month",
    responses={**PROBLEMS, **as_table(CustomerReport, "The customers; the months as a table with `format=csv`.")},
)
def get_customers(
    request: Request,
    caller: Reader,
    *,
    shop: Annotated[Text, Query(description="The shop.")],
    months: MonthCount = 12,
    format: Format = "json",  # noqa: A002
) -> Response:
    """How many bought there, for how many it was the first time, and for how much."""
    own_shop(caller, shop)
    check_shop(request, caller, shop)
    alliance = alliance_now(request, caller)
    read, currency = read_customers(alliance, shop, months), alliance.book.settings.currency
    if format == "csv":
        return csv_answer(customer_csv(read, currency), "customers")
    report = CustomerReport(
        shop=shop,
        currency=currency,
        customers=read.customers,
        months=[
            CustomerMonth(
                month=date_text(row.month)[:7],
                customers=row.customers,
                new=row.new,
                returning=row.returning,
                purchases=row.purchases,
                amount_minor=row.amount_minor,
            )
            for row in read.months
        ],
    )
    return Response(report.model_dump_json(), media_type="application/json")
