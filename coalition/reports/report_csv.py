"""Reports as tidy tables for spreadsheets and scripts: in UTF-8 with a byte order mark, without which Excel misreads
Chinese. Points are whole, money is in minor units, and the currency stands in every row, so that tables can be stacked.
"""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from coalition.reports.cohorts import Cohort
from coalition.reports.customers import Customers
from coalition.reports.flow_map import FlowMap
from coalition.reports.read_liability import Liability
from coalition.reports.shop_results import ShopResult
from settlement import date_text, guard_cell


def flow_csv(read: FlowMap, currency: str) -> bytes:
    """A row a flow, the largest first."""
    columns = ("issuer", "shop", "points", "worth_minor", "currency")
    return _table(
        columns,
        (
            (guard_cell(flow.issuer), guard_cell(flow.shop), flow.points, flow.worth_minor, currency)
            for flow in read.flows
        ),
    )


def liability_csv(read: Liability, currency: str) -> bytes:
    """A row for each issuer and last day."""
    columns = ("issuer", "expires_on", "points", "worth_minor", "currency")
    return _table(
        columns,
        (
            (guard_cell(part.issuer), date_text(part.expires_on), part.points, part.worth_minor, currency)
            for part in read.parts
        ),
    )


def shop_result_csv(rows: Iterable[ShopResult], currency: str) -> bytes:
    """A row a shop."""
    points = ("issued", "redeemed_own", "redeemed_here", "redeemed_elsewhere", "expired")
    money = ("paid_minor", "taken_minor", "received_minor", "other_minor", "net_minor")
    rates = ("redemption_bps", "breakage_bps")
    return _table(
        ("shop", *points, *money, *rates, "currency"),
        (
            (
                guard_cell(row.shop),
                *(getattr(row.points, name) for name in points),
                *(getattr(row, name) for name in (*money, *rates)),
                currency,
            )
            for row in rows
        ),
    )


def cohort_csv(rows: Iterable[Cohort]) -> bytes:
    """A row for each month in which members joined and each month since."""
    return _table(
        ("joined", "members", "month", "active"),
        (
            (date_text(row.month)[:7], row.members, number, active)
            for row in rows
            for number, active in enumerate(row.active)
        ),
    )


def customer_csv(read: Customers, currency: str) -> bytes:
    """A row a month."""
    columns = ("shop", "month", "customers", "new", "returning", "purchases", "amount_minor", "currency")
    return _table(
        columns,
        (
            (
                guard_cell(read.shop),
                date_text(row.month)[:7],
                row.customers,
                row.new,
                row.returning,
                row.purchases,
                row.amount_minor,
                currency,
            )
            for row in read.months
        ),
    )


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(rows)
    return file.getvalue().encode("utf-8-sig")
