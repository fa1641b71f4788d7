"""What a till shows once a sale is over: nothing of it is left in the next one; and what is no sale is not booked.

What was rung up and is no sale yet outlives a reload.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.pages.page_town import PageTown
from tests.pages.till_counter import STRANGER, next_sale, on_screen, open_till, ring_up, type_amount, type_who


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


def test_what_is_rung_up_outlives_another_language_and_a_reload_until_it_is_sold(phone: Page) -> None:
    type_amount(phone, "12.50")
    phone.get_by_role("button", name="中文").click()
    on_screen(phone, "amount")
    expect(phone.locator("#amount")).to_have_value("12.50")
    phone.get_by_role("button", name="English").click()
    phone.locator("[data-next]").click()
    on_screen(phone, "scan")
    phone.reload()
    on_screen(phone, "amount")
    expect(phone.locator("#amount")).to_have_value("12.50")
    expect(phone.locator("[data-read]")).to_have_text("€12.50")
    phone.locator("[data-next]").click()
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    next_sale(phone)
    phone.reload()
    on_screen(phone, "amount")
    expect(phone.locator("#amount")).to_have_value("")


def test_a_receipt_is_found_however_its_number_is_typed(phone: Page) -> None:
    ring_up(phone, "2")
    type_who(phone, "bob@example.com")
    on_screen(phone, "result")
    receipt = phone.locator("[data-fill=receipt]:visible").inner_text().removeprefix("Receipt ")
    till, number = receipt.split("-")
    next_sale(phone)
    for typed in (receipt, receipt.lower(), f" {till} {number}", f"{till.lower()}–{number}", f"{till}{number}"):
        phone.locator("[data-go=refunds]:visible").click()
        phone.locator("#receipt").fill(typed)
        phone.get_by_role("button", name="Find it").click()
        expect(phone.locator("[data-fill=sale]")).to_contain_text(receipt)
        phone.locator("[data-screen=refund] [data-go=refunds]").click()
        phone.locator("[data-screen=refunds] [data-go=amount]").click()


@pytest.mark.parametrize("typed", ["12", "ann", "ann@example", "+49 151 1234 0000 1234 567", "4,00"])
def test_without_a_connection_what_can_t_be_a_contact_is_refused_at_once(phone: Page, typed: str) -> None:
    phone.context.set_offline(True)
    ring_up(phone, "3")
    type_who(phone, typed)
    on_screen(phone, "not-done")
    expect(phone.get_by_text(f"“{typed}” is neither a code nor a phone number")).to_be_visible()
    expect(phone.locator("[data-queue-badge]")).to_be_hidden()
    phone.context.set_offline(False)
