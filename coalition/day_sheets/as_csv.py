"""A shop's day as one tidy table for spreadsheets and scripts.

A row for each till and cashier, then one for all of them (`level` row or total), with the columns of FIGURES: numbers
and points whole, money in minor units. `shop`, `day` and `currency` are the same in every row, so that days can be
stacked.
"""

import csv
from io import StringIO

from coalition.day_sheets.day_sheet import DayFigures, DaySheet
from coalition.day_sheets.figures import FIGURES
from settlement import date_text, guard_cell

COLUMNS = ("level", "till", "till_name", "cashier", "cashier_name", *(each.name for each in FIGURES))
ALWAYS = ("shop", "day", "currency")


def as_csv(sheet: DaySheet, currency: str) -> bytes:
    """Write the table in UTF-8 with a byte order mark, without which Excel misreads Chinese."""
    file = StringIO()
    writer = csv.DictWriter(file, [*COLUMNS, *ALWAYS], restval="")
    writer.writeheader()
    always = {"shop": guard_cell(sheet.shop), "day": date_text(sheet.day), "currency": currency}
    for row in sheet.rows:
        till, cashier = row.till or "", row.cashier or ""
        names = {
            "till": till,
            "till_name": guard_cell(sheet.names.get(till, "")),
            "cashier": cashier,
            "cashier_name": guard_cell(sheet.names.get(cashier, "")),
        }
        writer.writerow({"level": "row", **names, **_cells(row.figures), **always})
    writer.writerow({"level": "total", **_cells(sheet.total), **always})
    return file.getvalue().encode("utf-8-sig")


def _cells(figures: DayFigures) -> dict[str, int]:
    return {each.name: getattr(figures, each.name) for each in FIGURES}
