"""An alliance of 25 shops is set up in a quarter of an hour, from the link that `coalition serve` prints to a sale.

Somebody types at five characters a second, and looks for three before each press: this is counted, not slept.
"""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from coalition.app import open_database
from coalition.clock import system_clock
from settlement.audit import audit_book
from settlement.ledger import Book, book_names
from tests.pages.browser import context_of
from tests.support.command import finish, start
from tests.support.people import PASSWORD
from tests.support.receiver import closed_port
from tests.support.served import wait_until_ready
from tests.support.tills import PIN

SHOPS = tuple(
    f"{trade} {name}"
    for trade in ("Bakery", "Butcher", "Café", "Florist", "Bookshop")
    for name in ("Sommer", "Huber", "Central", "Winter", "Berger")
)
SECONDS_MAX = 15 * 60
CHARS_A_SECOND, SECONDS_A_PRESS = 5, 3
OWNER = "ann@oldtown.example"


@dataclass
class Person:
    """Somebody before a browser: what they type and press takes time."""

    page: Page
    seconds: float = 0

    def types(self, label: str | Locator, text: str) -> None:
        """Fill a field in."""
        field = self.page.get_by_label(label, exact=True) if isinstance(label, str) else label
        field.fill(text)
        self.seconds += len(text) / CHARS_A_SECOND

    def presses(self, button: str | Locator) -> None:
        """Look for something to press, and press it."""
        target = self.page.get_by_role("button", name=button, exact=True) if isinstance(button, str) else button
        target.click()
        self.seconds += SECONDS_A_PRESS


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The link that a server on an empty machine prints for its owner, and its log with what it has sent."""
    log = tmp_path / "log"
    port = closed_port()
    with log.open("wb") as stream:
        server = start("serve", "--port", port, folder=tmp_path, log=stream, COALITION_OWNER=OWNER)
        try:
            assert server.stdout is not None
            lines = iter(server.stdout.readline, b"")
            link = next(line.decode().strip() for line in lines if b"/invitation#" in line)
            wait_until_ready(port, server, log)
            yield link, log
        finally:
            server.terminate()
            finish(server)


def accept(person: Person, link: str) -> None:
    """Follow an invitation, choose a password, and set up a second factor where it is asked for."""
    person.page.goto(link)
    expect(person.page.get_by_role("heading", name=re.compile("^Welcome"))).to_be_visible()
    person.types("Choose a password", PASSWORD)
    if person.page.get_by_text("Can't scan it?").count():
        secret = person.page.locator("details b").text_content() or ""
        person.types("Six digits", pyotp.TOTP(secret).now())
    person.presses("Accept")
    expect(person.page.get_by_role("status")).to_contain_text("You are in")


def invitation_to(log: Path, email: str) -> str:
    """The link in the newest message to an address."""
    messages = [line for line in log.read_text().splitlines() if email in line and "/invitation#" in line]
    link = re.search(r"https?://[^\s\"\\]+/invitation#[A-Za-z0-9_-]+", messages[-1])
    assert link is not None, messages
    return link[0]


def test_25_shops_take_part_in_a_quarter_of_an_hour(served: tuple[str, Path], browser: Browser, tmp_path: Path) -> None:
    link, log = served
    site = link.partition("/invitation")[0]
    owner = Person(context_of(browser, "desk", "en", "light").new_page())
    accept(owner, link)
    owner.page.goto(f"{site}/console/start")
    owner.presses(owner.page.get_by_role("link", name="Add shops by a list"))
    owner.types("Shops, a line each", "\n".join(SHOPS))
    owner.presses("Look at the list")
    owner.presses("Add 25 shops")
    expect(owner.page.get_by_text("25 shops take part now.")).to_be_visible(timeout=60_000)
    owner.presses(owner.page.get_by_role("link", name="To the first steps"))
    expect(owner.page.get_by_text("25 shops take part.")).to_be_visible()
    for number in range(len(SHOPS)):
        owner.page.goto(f"{site}/console/shops")
        owner.presses(owner.page.locator("[data-shop] th a").nth(number))
        owner.presses(owner.page.locator("summary", has_text="Invite somebody"))
        form = owner.page.locator("form[action$='/people']")
        owner.types(form.get_by_label("Name"), f"Manager {number}")
        owner.types(form.get_by_label("E-mail address"), f"manager{number}@oldtown.example")
        form.get_by_label("Role").select_option("manager")
        owner.seconds += SECONDS_A_PRESS
        owner.presses("Invite")
        expect(owner.page.get_by_role("status")).to_contain_text("on its way")
    first = owner.page.locator("h1").inner_text()
    owner.page.goto(f"{site}/console/start")
    expect(owner.page.get_by_text("25 shops have a manager.")).to_be_visible()

    shop = Person(context_of(browser, "desk", "en", "light").new_page())
    accept(shop, invitation_to(log, "manager24@oldtown.example"))
    shop.page.goto(f"{site}/account/tills")
    shop.types("Name", "Karla")
    shop.types("PIN", PIN)
    shop.presses("Add")
    shop.presses("Connect a till")
    code = shop.page.locator(".six-digits.connect").inner_text()

    till = Person(context_of(browser, "phone", "en", "light").new_page())
    till.page.goto(f"{site}/till")
    till.types(till.page.locator("#code"), code)
    till.presses("Connect")
    till.presses("Karla")
    till.types(till.page.locator("#pin"), PIN)
    till.presses("Sign in")
    till.types(till.page.locator("#amount"), "12,50")
    till.presses("Next")
    till.types(till.page.locator("#who"), "bob@example.com")
    till.presses("Go on")
    till.presses("Enrol, and give points")
    expect(till.page.locator("[data-screen=result]")).to_be_visible()

    owner.page.reload()
    expect(owner.page.get_by_text("4 of 6 done")).to_be_visible()
    poster = owner.page.request.get(f"{site}/v1/alliance/join-sheets/poster")
    assert poster.body().startswith(b"%PDF"), first
    seconds = owner.seconds + shop.seconds + till.seconds
    assert seconds <= SECONDS_MAX, f"{seconds:.0f} s"
    for person in (owner, shop, till):
        person.page.context.close()
    with closing(open_database(f"sqlite:///{tmp_path / 'coalition.db'}")) as database:
        (name,) = book_names(database)
        with closing(database.session()) as session:
            assert audit_book(Book.open(database, name, system_clock), session).ok
