"""Hands at a till: double taps, keys of both kinds, Chinese digits, whoever is signed in no more."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.pages.page_town import PageTown
from tests.pages.till_counter import (
    SHOP,
    choose_cashier,
    cut_before,
    next_sale,
    on_screen,
    open_till,
    prepared,
    ring_up,
    sales,
    sign_in,
    six_digits,
    type_amount,
    type_who,
)
from tests.support.tills import PIN

FAST_MS, CONNECT_MS = 110, 40_000


@pytest.fixture
def phone(town: PageTown, page: Page) -> Page:
    """A till of the café's, at which Karla is signed in."""
    open_till(town, page)
    return page


def tap_twice(button: Locator) -> None:
    """Twice on the same spot, whatever stands there by the second time."""
    box = button.bounding_box()
    assert box is not None
    button.page.mouse.dblclick(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=FAST_MS // 4)


def touch_twice(button: Locator) -> None:
    """The same with a finger."""
    box = button.bounding_box()
    assert box is not None
    page = button.page
    chromium = page.context.new_cdp_session(page)
    chromium.send("Emulation.setTouchEmulationEnabled", {"enabled": True})
    spot = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 2}
    for _ in range(2):
        chromium.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [spot]})
        chromium.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.wait_for_timeout(FAST_MS)


@pytest.mark.parametrize("twice", [tap_twice, touch_twice])
def test_the_second_of_two_taps_does_nothing_where_something_else_stands_by_then(
    phone: Page, twice: Callable[[Locator], None]
) -> None:
    type_amount(phone, "5000")
    twice(phone.locator("[data-next]"))
    expect(phone.locator("[data-next]")).to_have_text("Yes, €5,000.00")
    expect(phone.locator("#amount")).to_have_value("5000")
    on_screen(phone, "amount")
    phone.locator("#amount").fill("7")
    twice(phone.locator("[data-next]"))
    on_screen(phone, "scan")
    phone.locator("#who").fill("nobody-here@example.com")
    twice(phone.locator("[data-form=scan] .next"))
    on_screen(phone, "not-done")
    phone.locator("[data-act=next-sale]:visible").scroll_into_view_if_needed()
    twice(phone.locator("[data-act=next-sale]:visible"))
    on_screen(phone, "amount")
    expect(phone.locator("#amount")).to_have_value("")
    twice(phone.locator("[data-keypad=amount] [data-key='5']"))
    expect(phone.locator("#amount")).to_have_value("55")


def test_keys_on_the_screen_and_a_keyboard_go_together(phone: Page) -> None:
    type_amount(phone, "12.5")
    phone.keyboard.press("Enter")
    expect(phone.locator("[data-screen=scan] [data-fill=amount]")).to_have_text("€12.50")
    phone.get_by_role("button", name="Another amount").click()
    phone.locator("#amount").fill("")
    type_amount(phone, "1")
    phone.keyboard.type("2.5", delay=200)
    expect(phone.locator("#amount")).to_have_value("12.5")


def test_digits_of_a_chinese_keyboard_are_digits(town: PageTown, phone: Page) -> None:
    phone.locator("#amount").fill("１２。５")
    expect(phone.locator("[data-read]")).to_have_text("€12.50")
    phone.locator("[data-next]").click()
    wide = six_digits(town).translate({ord("0") + digit: ord("０") + digit for digit in range(10)})
    type_who(phone, wide)
    phone.locator("[data-screen=pay]:visible, [data-screen=result]:visible").wait_for()


@pytest.mark.parametrize("typed", ["1234567", "12345678"])
def test_a_code_with_a_digit_too_many_is_nobody_to_enrol(phone: Page, typed: str) -> None:
    ring_up(phone, "2")
    type_who(phone, typed)
    expect(phone.get_by_text("neither a code nor a phone number")).to_be_visible()
    expect(phone.get_by_role("button", name="Enrol, and give points")).to_be_hidden()


def test_once_signed_out_no_way_leads_to_a_sale(phone: Page) -> None:
    phone.context.set_offline(True)
    ring_up(phone, "4")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    next_sale(phone)
    type_amount(phone, "3")
    out = phone.locator("[data-act=sign-out]")
    out.click()
    expect(out).to_have_text("Sign out, though nobody can sign in offline?")
    out.click()
    on_screen(phone, "cashiers")
    phone.locator("[data-queue-badge]").click()
    on_screen(phone, "queue")
    phone.locator("[data-screen=queue] [data-go=amount]").click()
    on_screen(phone, "cashiers")
    phone.context.set_offline(False)
    sign_in_again(phone)
    expect(phone.locator("#amount")).to_have_value("")


def sign_in_again(phone: Page) -> None:
    """Karla, on a till that is connected."""
    choose_cashier(phone)
    phone.locator("#pin").fill(PIN)
    phone.get_by_role("button", name="Sign in").click()
    on_screen(phone, "amount")


def test_a_device_that_becomes_another_till_takes_up_no_sale_of_the_first(town: PageTown, phone: Page) -> None:
    before = sales(town)
    lost = re.compile(r"/v1/purchases(/void)?$")
    phone.context.route(lost, cut_before)
    ring_up(phone, "5")
    type_who(phone, "bob@example.com")
    on_screen(phone, "checking")
    for till in town.api.client().get(f"/v1/shops/{SHOP}/tills").json()["data"]:
        town.api.client().delete(f"/v1/tills/{till['id']}")
    phone.context.unroute(lost)
    on_screen(phone, "connect", CONNECT_MS)
    phone.locator("#code").fill(prepared(town)["code"])
    sign_in(phone)
    expect(phone.locator("#amount")).to_have_value("")
    assert sales(town) == before
    ring_up(phone, "2")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")


def test_a_refused_sale_is_rung_up_again_from_its_member_on(town: PageTown, phone: Page) -> None:
    before = sales(town)
    phone.context.set_offline(True)
    ring_up(phone, "6.50")
    type_who(phone, "jurgen@example.com")
    on_screen(phone, "result")
    next_sale(phone)
    phone.context.set_offline(False)
    phone.get_by_role("button", name="1 refused").click()
    row = phone.locator("[data-list=queue] li")
    expect(row).to_contain_text("jurgen@example.com")
    expect(row).to_contain_text("Nobody is a member with jurgen@example.com yet.")
    row.get_by_role("button", name="Ring it up again").click()
    on_screen(phone, "scan")
    expect(phone.locator("#who")).to_have_value("jurgen@example.com")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    expect(phone.get_by_text("For bob@example.com")).to_be_visible()
    assert sales(town) == before + 1
