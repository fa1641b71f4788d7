"""What a till shows once a sale is over: nothing of it is left in the next one; and what is no sale is not booked."""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.page_town import PageTown
from tests.pages.till_counter import STRANGER, next_sale, on_screen, open_till, ring_up, type_who


@pytest.fixture
def phone(town: PageTown, page: Page) -> Page:
    """A till of the café's, at which Karla is signed in."""
    open_till(town, page)
    return page


def test_a_sale_of_nothing_is_none(phone: Page) -> None:
    ring_up(phone, "0,00")
    expect(phone.locator("#amount-problem")).to_have_text("Type the amount first.")
    on_screen(phone, "amount")


def test_after_the_next_sale_or_a_refund_a_reload_shows_no_sale_of_before(phone: Page) -> None:
    ring_up(phone, "20")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    phone.reload()
    on_screen(phone, "result")
    next_sale(phone)
    phone.reload()
    on_screen(phone, "amount")
    ring_up(phone, "20")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    next_sale(phone)
    phone.locator("[data-go=refunds]:visible").click()
    phone.locator("[data-list=sales] button").first.click()
    phone.locator("[data-form=refund] .next").click()
    on_screen(phone, "undone")
    expect(phone.get_by_role("heading", name="Refunded")).to_be_visible()
    phone.reload()
    on_screen(phone, "amount")


def test_a_number_that_is_nobodys_is_shown_and_can_be_corrected(phone: Page) -> None:
    ring_up(phone, "3")
    type_who(phone, STRANGER)
    on_screen(phone, "not-done")
    expect(phone.locator("[data-fill=why]:visible")).to_contain_text(STRANGER)
    phone.locator("[data-act=again]").click()
    expect(phone.locator("#who")).to_have_value(STRANGER)
