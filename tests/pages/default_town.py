"""A town of its own in which the bakery did not pay and others covered it, and the butcher paid in parts."""

import atexit
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page

from coalition.access.caller import Role
from coalition.access.invite import add_invited_user, server_caller
from coalition.app import open_database
from settlement.clearing import pay_in_leg
from settlement.ledger import OPERATOR, AccountKind, Database
from tests.pages.page_town import PageTown
from tests.pages.state import State
from tests.support.books import BookClient
from tests.support.clock import DAY, Clock, instant
from tests.support.in_thread import serving
from tests.support.town_api import ApiTown, purchase

TREASURER = "fina@oldtown.example"
LOSS_MINOR, LATE_MINOR = 1_000, 150
"""What the bakery did not pay, and what it paid of that later."""
DEPOSIT_MINOR, OWN_FUND_MINOR, CAPITAL_MINOR, FUND_MINOR = 300, 100, 200, 100
FIRST_PART_MINOR, BUTCHERS_MINOR = 300, 500
"""What the butcher paid of what it owes."""


@contextmanager
def default_town(database: Database) -> Iterator[PageTown]:
    """The town, served for as long as a `with` lasts."""
    town = ApiTown(database, Clock(instant("2026-03-02T09:00", "Europe/Berlin")), sandbox=True)
    with database.engine.begin() as connection:
        add_invited_user(
            connection, server_caller(town.alliance.id), TREASURER, "Fina Kurz", Role.FINANCE, None, "en", town.clock()
        )
    _pay_in(town)
    for shop, minor in (("bakery", LOSS_MINOR), ("butcher", BUTCHERS_MINOR)):
        purchase(town.till(shop), f"e-{shop}", shop=shop, amount_minor=minor * 20)
    total = LOSS_MINOR + BUTCHERS_MINOR
    purchase(town.till("cafe"), "s-cafe", shop="cafe", amount_minor=total * 2, points=total)
    _default(town)
    try:
        with serving(town.app) as url:
            yield PageTown(town, url, {})
    finally:
        town.alliances.close()


def _pay_in(town: ApiTown) -> None:
    """What covers a loss."""
    with town.session() as session:
        config, till = town.alliance.book.config(session), BookClient(town.alliance.book, session)
        till.take(
            pay_in_leg(config, "bakery", DEPOSIT_MINOR, AccountKind.DEPOSIT),
            pay_in_leg(config, "bakery", OWN_FUND_MINOR, AccountKind.FUND),
            pay_in_leg(config, OPERATOR, CAPITAL_MINOR, AccountKind.CAPITAL),
            pay_in_leg(config, "butcher", FUND_MINOR // 2, AccountKind.FUND),
            pay_in_leg(config, "diner", FUND_MINOR // 2, AccountKind.FUND),
        )


def _default(town: ApiTown) -> None:
    """The week is closed, the butcher pays a part, and the bakery's days of grace go by."""
    operator = town.client()
    town.clock.forward(7 * DAY)
    for window in operator.get("/v1/windows").json()["data"]:
        if window["status"] == "due":
            operator.post(f"/v1/windows/{window['id']}/close")
    operator.post("/v1/settlements/run")
    town.clock.forward(8 * DAY)
    _confirm(town, "butcher", "receipt 17", FIRST_PART_MINOR)
    town.clock.forward(3 * DAY)
    operator.post("/v1/settlements/run")
    _confirm(town, "bakery", "receipt 18", LATE_MINOR)


def _confirm(town: ApiTown, shop: str, evidence: str, minor: int) -> None:
    operator = town.client()
    collected = operator.get("/v1/payments", params={"shop": shop}).json()["data"][-1]
    body = {"outcome": "paid", "evidence": evidence, "amount_minor": minor}
    answer = operator.post(f"/v1/payments/{collected['id']}/confirm", json=body)
    assert answer.status_code == 200, answer.text


@cache
def _shared() -> PageTown:
    """One such town for all states of a process."""
    stack = ExitStack()
    atexit.register(stack.close)
    folder = Path(stack.enter_context(TemporaryDirectory()))
    database = open_database(f"sqlite:///{folder}/default.db")
    stack.callback(database.close)
    return stack.enter_context(default_town(database))


@dataclass(frozen=True, slots=True)
class DefaultState(State):
    """A state of a page in that town."""

    def open(self, town: PageTown, page: Page) -> None:
        """Come to the state."""
        State.open(self, _shared(), page)


def _in_parts(town: PageTown) -> dict[str, str]:
    """The payment that the butcher made a part of."""
    listed = town.api.client().get("/v1/payments", params={"shop": "butcher"}).json()["data"]
    return {"payment": next(each["id"] for each in listed if each["coverage"] == "part_paid")}


DEFAULT_STATES = (
    DefaultState("console-default", "/console/payments", TREASURER),
    DefaultState("console-payment-parts", "/console/payments/{payment}", TREASURER, prepare=_in_parts),
)
