"""The states of the console's reports."""

from tests.pages.state import State, open_all

TREASURER, MANAGER = "fina@oldtown.example", "mona@sommer.example"
REPORT_STATES = (
    State("console-flows", "/console/flows?windows=0", TREASURER, open_all),
    State("console-flows-shop", "/console/flows/bakery?windows=0", MANAGER),
    State("console-liability", "/console/reports", TREASURER, open_all),
    State("console-results", "/console/reports/shops?windows=0", TREASURER, open_all),
    State("console-results-shop", "/console/reports/shops?windows=0", MANAGER),
    State("console-cohorts", "/console/reports/cohorts?months=6", TREASURER),
)
