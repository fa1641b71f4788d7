"""From a poster or a gift's link to a code at the till: how many taps it takes, and what whoever comes late sees."""

import re
import time

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from coalition.access.caller import Role
from coalition.members.store import find_member
from tests.pages.browser import context_of
from tests.pages.page_town import PageTown
from tests.support.town_api import send

TAPS_MOST, SECONDS_MOST = 6, 60


class Thumb:
    """A thumb that counts its taps."""

    def __init__(self) -> None:
        self.taps = 0

    def tap(self, target: Locator) -> None:
        """Tap once; what is already focused takes none."""
        if not target.evaluate("it => it === document.activeElement"):
            self.taps += 1
            target.click()


def code_sent_to(town: PageTown, page: Page, contact: str) -> str:
    """The code of the message to a contact, which goes out once the page has been answered."""
    for _ in range(100):
        digits = [re.search(r"\b\d{6}\b", text) for to, text in town.api.messages.sent if to == contact]
        if digits and digits[-1]:
            return digits[-1][0]
        page.wait_for_timeout(50)
    raise AssertionError(f"no code was sent to {contact} within five seconds")


def test_from_a_poster_to_a_code_it_takes_six_taps_at_most(town: PageTown, page: Page) -> None:
    thumb, began = Thumb(), time.monotonic()
    page.goto(f"{town.url}/wallet/join?shop=cafe")
    expect(page.get_by_text("Café Central invites you")).to_be_visible()
    thumb.tap(page.get_by_label("Phone number or e-mail address"))
    page.keyboard.type("+49 151 77777777")
    thumb.tap(page.get_by_role("button", name="Send me a code"))
    thumb.tap(page.get_by_label("Code"))
    page.keyboard.type(code_sent_to(town, page, "+4915177777777"))
    thumb.tap(page.get_by_label("Name (if you like)"))
    page.keyboard.type("Eva")
    thumb.tap(page.get_by_label("I agree to the terms"))
    thumb.tap(page.get_by_role("button", name="Join"))
    thumb.tap(page.get_by_role("link", name="Show code"))
    digits = page.locator("[data-digits]")
    expect(digits).to_have_text(re.compile(r"^29\d\d( \d{4}){4}$"))
    assert thumb.taps <= TAPS_MOST
    assert time.monotonic() - began <= SECONDS_MOST

    code = digits.inner_text().replace(" ", "")
    sale = send(town.api.till("cafe"), "/v1/purchases", "eva", shop="cafe", pay_code=code, amount_minor=1_000)
    assert (sale["status"], sale["points_earned"]) == (201, 50)
    with town.api.database.engine.connect() as connection:
        member = find_member(connection, town.api.alliance.id, sale["member"])
    assert member is not None
    assert (member.profile.name, member.enrolled_by) == ("Eva", "cafe")


def test_who_joins_without_a_right_code_or_a_yes_is_told_what_is_missing(town: PageTown, page: Page) -> None:
    page.goto(f"{town.url}/wallet/join?shop=nowhere")
    page.get_by_label("Phone number or e-mail address").fill("fay@example.com")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_label("Name (if you like)").fill("Fay")
    page.get_by_role("button", name="Join").click()
    assert page.get_by_label("I agree").evaluate("it => it.validity.valueMissing")
    page.get_by_label("I agree").check()
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("alert")).to_contain_text("have a new one sent")
    expect(page.get_by_label("Name (if you like)")).to_have_value("Fay")
    expect(page.get_by_label("I agree")).to_be_checked()
    page.get_by_role("button", name="Send a new code").click()
    # What was typed beside the code stays, and the page says that there is another one.
    expect(page.get_by_role("status")).to_contain_text("A new code is on its way to fay@example.com")
    expect(page.get_by_label("Name (if you like)")).to_have_value("Fay")
    expect(page.get_by_label("I agree")).to_be_checked()
    page.get_by_label("Code").fill(code_sent_to(town, page, "fay@example.com"))
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("link", name="Show code")).to_be_visible()


@pytest.mark.parametrize("page_of", ["join", "log-in"])
@pytest.mark.parametrize("typed", ["hello there", "12345", "mia@"])
def test_what_is_no_contact_is_sent_no_code(town: PageTown, page: Page, page_of: str, typed: str) -> None:
    page.goto(f"{town.url}/wallet/{page_of}")
    page.get_by_label("Phone number or e-mail address").fill(typed)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("alert")).to_contain_text("Write a phone number with its country code")
    expect(page.get_by_label("Phone number or e-mail address")).to_have_value(typed)


def test_a_gift_by_link_is_given_opened_by_a_stranger_who_joins_and_gone_for_the_next(
    town: PageTown, browser: Browser, context: BrowserContext, page: Page
) -> None:
    town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}/wallet/gift")
    page.get_by_label("How many points").fill("30")
    page.get_by_role("button", name="Give").click()
    link = page.get_by_label("Link").input_value()
    page.goto(f"{town.url}/wallet/gift")
    page.locator(f"a[href='{link.removeprefix(town.url)}']").click()
    expect(page.get_by_label("Link")).to_have_value(link)

    stranger = context_of(browser, "phone", "en", "light")
    opened = stranger.new_page()
    opened.goto(link)
    expect(opened.get_by_role("heading", name="Ann Baker gives you points")).to_be_visible()
    opened.get_by_role("link", name="Join and take them").click()
    opened.get_by_label("Phone number or e-mail address").fill("gus@example.com")
    opened.get_by_role("button", name="Send me a code").click()
    opened.get_by_label("Code").fill(code_sent_to(town, opened, "gus@example.com"))
    opened.get_by_label("I agree").check()
    opened.get_by_role("button", name="Join").click()
    expect(opened.get_by_text("They are yours.")).to_be_visible()
    opened.goto(f"{town.url}/wallet")
    expect(opened.locator(".balance .points")).to_have_text("30 points")
    stranger.close()

    page.reload()
    expect(page.get_by_text("Somebody took it up.")).to_be_visible()
    town.log_in(context, town.member("bob"))
    page.reload()
    expect(page.get_by_text("This gift is not there any more.")).to_be_visible()


def test_a_gift_by_link_is_taken_back(town: PageTown, context: BrowserContext, page: Page) -> None:
    gift = town.api.client(Role.APP).post(
        "/v1/gifts", json={"member": "ann", "by_link": True, "points": 7}, headers={"Idempotency-Key": "back"}
    )
    town.log_in(context, town.member("ann"))
    page.goto(gift.json()["link"].replace("http://testserver", town.url))
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("The points are yours again.")).to_be_visible()
