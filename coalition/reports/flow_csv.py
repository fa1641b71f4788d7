"""The map of who sends customers to whom as one tidy table for spreadsheets and scripts: a row a flow."""

import csv
from io import StringIO

from coalition.reports.flow_map import FlowMap
from settlement import guard_cell

COLUMNS = ("issuer", "shop", "points", "worth_minor", "currency")


def flow_csv(read: FlowMap, currency: str) -> bytes:
    """Write all flows in UTF-8 with a byte order mark, without which Excel misreads Chinese."""
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    for flow in read.flows:
        writer.writerow([guard_cell(flow.issuer), guard_cell(flow.shop), flow.points, flow.worth_minor, currency])
    return file.getvalue().encode("utf-8-sig")
