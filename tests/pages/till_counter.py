"""What somebody does at a till, in a browser: connect it, sign in, ring up, scan."""

import re
from secrets import token_hex

from playwright.sync_api import Page, Route, expect

from coalition.access.caller import Role
from tests.pages.browser import PATIENCE_MS
from tests.pages.page_town import PageTown
from tests.support.tills import PIN, cashier, till_code
from tests.support.town_api import purchase

SHOP = "cafe"
SCANNER = """(text) => {
  for (const key of [...text, "Enter"]) {
    const field = document.activeElement;
    const taken = !field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    if (taken) continue;
    if (key === "Enter") field.form?.requestSubmit();
    else document.execCommand("insertText", false, key);
  }
}"""
ENOUGH = 2_000
"""Points that pay more than any sale here."""
STRANGER = "+49 151 12340000"


def prepared(town: PageTown, *, lines: bool = False) -> dict[str, str]:
    """A code for the café's next till, which has a cashier and asks for the lines of sales or not."""
    cashier(town.api, SHOP, "Karla")
    town.api.client().put(f"/v1/shops/{SHOP}/till-lines", json={"wanted": lines})
    return {"code": till_code(town.api, SHOP)}


def on_screen(page: Page, name: str, timeout: float = PATIENCE_MS) -> None:
    """Wait until the till shows a screen."""
    expect(page.locator(f"[data-screen={name}]")).to_be_visible(timeout=timeout)


def connect(page: Page) -> None:
    """Press Connect, where the code came with the address."""
    on_screen(page, "connect")
    page.locator("[data-form=connect] .next").click()
    on_screen(page, "cashiers")


def choose_cashier(page: Page, name: str = "Karla") -> None:
    """Say who is selling."""
    page.get_by_role("button", name=name).click()
    on_screen(page, "pin")


def sign_in(page: Page, name: str = "Karla") -> None:
    """From a device that is no till to its first sale."""
    connect(page)
    choose_cashier(page, name)
    for digit in PIN:
        page.locator(f"[data-keypad=pin] [data-key='{digit}']").click()
    page.get_by_role("button", name=re.compile("^(Sign in|登录)$")).click()
    on_screen(page, "amount")


def open_till(town: PageTown, page: Page, *, lines: bool = False) -> None:
    """A new till of the café's, at which Karla sells."""
    page.goto(f"{town.url}/till#{prepared(town, lines=lines)['code']}")
    sign_in(page)


def type_amount(page: Page, typed: str) -> None:
    """Type an amount on the till's own keys."""
    for key in typed:
        wanted = "[data-separator]" if key in ",." else f"[data-key='{key}']"
        page.locator(f"[data-keypad=amount] {wanted}").click()


def ring_up(page: Page, typed: str) -> None:
    """Type an amount, and go on."""
    type_amount(page, typed)
    page.locator("[data-next]").click()


def add_line(page: Page, typed: str, *, take_off: bool = False) -> None:
    """Type the price of a line, and add it or take it off."""
    type_amount(page, typed)
    page.locator(f"[data-act={'take-off' if take_off else 'add-line'}]").click()


def scan(page: Page, text: str) -> None:
    """As a scanner types it: fast, and with Enter. All at once: a busy machine hands keys on as slowly as a hand."""
    page.evaluate(SCANNER, text)


def six_digits(town: PageTown, member: str = "ann") -> str:
    """What a member reads out."""
    return str(town.api.client(Role.APP).post(f"/v1/members/{member}/short-codes").json()["code"])


def type_who(page: Page, text: str) -> None:
    """Type a number or an address into the field for it."""
    page.locator("#who").fill(text)
    page.locator("[data-form=scan] .next").click()


def next_sale(page: Page) -> None:
    """Go on to the next sale."""
    page.locator("[data-act=next-sale]:visible").click()
    on_screen(page, "amount")


def enrich_ann(town: PageTown) -> None:
    """Let Ann have points to spend, whatever others have spent of them before."""
    if points_of(town, "ann") < ENOUGH:
        purchase(town.api.till(SHOP), token_hex(8), shop=SHOP, amount_minor=100_000)


def points_of(town: PageTown, member: str) -> int:
    """What a member has."""
    return int(town.api.client(Role.APP).get(f"/v1/wallets/{member}").json()["points"])


def sales(town: PageTown) -> int:
    """How many sales the café has made."""
    return len(town.api.client().get(f"/v1/purchases?shop={SHOP}&limit=100").json()["data"])


def cut_before(route: Route) -> None:
    """The request never arrives."""
    route.abort()
