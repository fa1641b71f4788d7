"""The states of the console's reports, and of its import."""

from playwright.sync_api import Page

from tests.pages.state import State, open_all

OLD_SCHEME = """ref;phone;name;shop;points;release_on
card-1;+49 151 70000001;Ida Winter;bakery;300;2026-01-01
card-1;+49 151 70000001;Ida Winter;bakery;200;2026-12-01
card-2;+49 151 70000002;Ivo Sommer;nowhere;50;2026-01-01
"""


def _look_at_file(page: Page) -> None:
    page.set_input_files("#file", {"name": "old.csv", "mimeType": "text/csv", "buffer": OLD_SCHEME.encode()})
    with page.expect_navigation():
        page.click("main .next")


TREASURER, MANAGER = "fina@oldtown.example", "mona@sommer.example"
REPORT_STATES = (
    State("console-flows", "/console/flows?windows=0", TREASURER, open_all),
    State("console-flows-shop", "/console/flows/bakery?windows=0", MANAGER),
    State("console-liability", "/console/reports", TREASURER, open_all),
    State("console-results", "/console/reports/shops?windows=0", TREASURER, open_all),
    State("console-results-shop", "/console/reports/shops?windows=0", MANAGER),
    State("console-cohorts", "/console/reports/cohorts?months=6", TREASURER),
    State("console-customers", "/console/reports/customers?months=6", MANAGER),
    State("console-customers-shop", "/console/reports/customers?shop=cafe", TREASURER),
    State("console-lab", "/console/lab", MANAGER),
    State("console-lab-scheme", "/console/lab/appreciation?preset=local-life", MANAGER, open_all),
    State("console-lab-growth", "/console/lab/appreciation/growth?g.stop_month=24", MANAGER, open_all),
    State("console-lab-refused", "/console/lab/chain?members=1000", TREASURER),
    State("console-rules", "/console/rules", "olga@oldtown.example", open_all),
    State("console-import", "/console/members/import", "olga@oldtown.example"),
    State("console-import-preview", "/console/members/import", "olga@oldtown.example", _look_at_file),
    State("console-bank", "/console/payments/bank", TREASURER),
    State("console-bank-lines", "/console/payments/bank/lines", TREASURER),
)
