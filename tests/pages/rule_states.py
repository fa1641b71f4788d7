"""Pages on which bonus rules show: the wallet of a member who has stamps, and the receipt of a sale with a bonus."""

from secrets import token_hex

from playwright.sync_api import Page

from coalition.members.add_members import MemberToAdd, add_members
from coalition.members.store import find_member
from tests.pages.page_town import PageTown
from tests.pages.state import State
from tests.support.town_api import purchase

SAM, TOM = "sam", "tom"
COFFEE = {
    "rule": "page-coffee",
    "effect": {"kind": "stamp_card", "stamps": 10, "bonus_points": 250, "stamp_minor": 280},
    "funders": [{"shop": "operator"}],
    "shops": ["butcher"],
    "budget": 5_000,
}
GIFT = {**COFFEE, "rule": "page-gift", "effect": {"kind": "fixed_bonus", "bonus_points": 5, "minimum_minor": 100}}


def stamped(town: PageTown, member: str = SAM, sales: int = 3) -> dict[str, str]:
    """Sam, of whom no other page knows, buys sausages: a stamp and a bonus for each sale."""
    api = town.api
    with api.database.engine.begin() as connection:
        if find_member(connection, api.alliance.id, member) is None:
            add_members(connection, api.alliance.id, [MemberToAdd(member)], api.clock())
    operator = api.client()
    running = {rule["rule"] for rule in operator.get("/v1/rules").json()["data"] if rule["ended_at"] is None}
    for rule in (COFFEE, GIFT):
        if rule["rule"] not in running:
            assert operator.post("/v1/rules", json=rule).status_code == 201
    for _ in range(sales):
        purchase(operator, f"rules {token_hex(8)}", shop="butcher", member=member, amount_minor=640)
    return {}


def _filled(town: PageTown) -> dict[str, str]:
    """Tom fills a whole card."""
    return stamped(town, TOM, sales=10)


def _newest(page: Page) -> None:
    page.locator("main a.line").first.click()
    page.wait_for_url("**/wallet/history/*")


RULE_STATES = (
    State("home-stamps", "/wallet", SAM, prepare=stamped),
    State("home-card-full", "/wallet", TOM, prepare=_filled),
    State("receipt-stamps", "/wallet/history", SAM, _newest, stamped),
)
