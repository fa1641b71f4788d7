"""Pages of findings: open, held, decided."""

from secrets import token_hex

from playwright.sync_api import Page

from tests.pages.page_town import PageTown
from tests.pages.state import State
from tests.support.findings import planted_finding


def _decide_for_nothing(page: Page) -> None:
    page.fill("#reason", "   ")
    with page.expect_navigation():
        page.click("[value=confirmed]")


def _seen(town: PageTown) -> dict[str, str]:
    """Ann's card was fast at the bakery, on a day that is looked at already."""
    bought = town.api.client().get("/v1/purchases", params={"shop": "bakery"}).json()["data"][0]["id"]
    return {"finding": planted_finding(town.api, bought, f"card {token_hex(8)}")}


def _seen_and_held(town: PageTown) -> dict[str, str]:
    """The same, and its points are held."""
    planted = _seen(town)
    town.api.client().post(f"/v1/findings/{planted['finding']}/hold")
    return planted


def _seen_and_decided(town: PageTown) -> dict[str, str]:
    """The same, and somebody has looked at it."""
    planted = _seen_and_held(town)
    body = {"status": "confirmed", "reason": "The cashier's own card, seven times before lunch."}
    town.api.client().post(f"/v1/findings/{planted['finding']}/decision", json=body)
    return planted


FINA, SUE, MONA = "fina@oldtown.example", "sue@oldtown.example", "mona@sommer.example"
FINDING_STATES = (
    State("console-findings", "/console/findings?status=all", MONA, prepare=_seen_and_decided),
    State("console-finding", "/console/findings/{finding}", MONA, prepare=_seen),
    State("console-finding-held", "/console/findings/{finding}?done=held", SUE, prepare=_seen_and_held),
    State("console-finding-decided", "/console/findings/{finding}", FINA, prepare=_seen_and_decided),
    State("console-finding-refused", "/console/findings/{finding}", FINA, _decide_for_nothing, _seen),
    State("console-finding-settings", "/console/settings/findings", "olga@oldtown.example"),
)
