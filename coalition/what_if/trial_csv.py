"""What came of a trial as one tidy table: a row for each rule, funder, shop and tenth of the members."""

import csv
from collections.abc import Iterator
from io import StringIO

from coalition.what_if.trial_result import TrialResult, TrialRow
from settlement import guard_cell

COLUMNS = (
    "by",
    "name",
    "sales",
    "members",
    "amount_minor",
    "sales_gaining",
    "members_gaining",
    "members_losing",
    "points_now",
    "points_then",
    "points_more",
    "worth_now_minor",
    "worth_then_minor",
    "worth_more_minor",
    "currency",
)


def trial_csv(result: TrialResult, currency: str) -> bytes:
    """In UTF-8 with a byte order mark, as reports are; what a row has no figure for is empty."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows([*row, currency] for row in _rows(result))
    return file.getvalue().encode("utf-8-sig")


def _rows(result: TrialResult) -> Iterator[list[object]]:
    for row in result.rules:
        yield ["rule", row.name, *[""] * 6, *_figures(row)]
    for row in result.funders:
        yield ["funder", guard_cell(row.name), *[""] * 6, *_figures(row)]
    for shop in result.shops:
        bought = [shop.sales, "", shop.amount_minor, shop.gained, "", ""]
        yield ["shop", guard_cell(shop.points.name), *bought, *_figures(shop.points)]
    for tenth in result.tenths:
        bought = ["", tenth.members, tenth.amount_minor, "", tenth.gaining, tenth.losing]
        yield ["tenth of members", tenth.points.name, *bought, *_figures(tenth.points)]


def _figures(row: TrialRow) -> list[object]:
    return [row.old, row.new, row.more, row.old_minor, row.new_minor, row.more_minor]
