"""Sales that look like fraud, and the look at them."""

from collections.abc import Callable
from itertools import count
from typing import Any

from fastapi.testclient import TestClient

from coalition.alliance import Alliance
from coalition.events.relay import catch_up
from coalition.findings.finding import SalesFinding
from coalition.findings.hold_points import settle_due
from coalition.findings.look_for_findings import look
from coalition.findings.store import add_finding
from coalition.ids import random_id
from tests.support.clock import MINUTE
from tests.support.town_api import ApiTown, purchase

_keys = count(1)


def look_at_all(alliance: Alliance) -> None:
    """What the job does."""
    catch_up(alliance)
    while look(alliance):
        pass
    settle_due(alliance)


def fast_card(town: ApiTown, member: str = "ann", shop: str = "bakery", sales: int = 6) -> list[str]:
    """One card, again and again within minutes: the ids of the purchases."""
    till = town.till(shop)
    bought = []
    for _ in range(sales):
        town.clock.forward(MINUTE)
        key = f"fast-{next(_keys)}"
        bought.append(str(purchase(till, key, shop=shop, member=member, amount_minor=1_000)["id"]))
    return bought


def fast_card_finding(town: ApiTown, member: str = "ann", shop: str = "bakery") -> dict[str, Any]:
    """An open finding about a fast card."""
    fast_card(town, member, shop)
    look_at_all(town.alliance)
    listed = town.client().get("/v1/findings", params={"status": "open"}).json()["data"]
    return next(each for each in listed if each["member"] == member and each["pattern"] == "card_velocity")


def planted_finding(town: ApiTown, purchase_id: str, subject: str, shop: str = "bakery") -> str:
    """A finding about a purchase of Ann's at a shop, as if it had been seen: its id."""
    id_, now = random_id("fin"), town.clock()
    finding = SalesFinding(
        id=id_,
        pattern="card_velocity",
        subject=subject,
        shop=shop,
        member="ann",
        till=None,
        cashier=None,
        figures={"purchases": 1, "minutes": 0},
        evidence=[purchase_id],
        points=5,
        by_contact=False,
        first_at=now,
        last_at=now,
        opened_at=now,
        until_seq=0,
    )
    with town.database.engine.begin() as connection:
        add_finding(connection, town.alliance.id, finding)
    return id_


def changed_settings(client: TestClient, change: Callable[[dict[str, Any]], None]) -> tuple[dict[str, Any], str]:
    """The settings for findings with a change, and their ETag."""
    answer = client.get("/v1/settings/findings")
    settings: dict[str, Any] = answer.json()
    change(settings)
    return settings, answer.headers["ETag"]
