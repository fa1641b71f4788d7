"""The way back in a wallet: what was done is not done again, and a form is a form; and what comes too late."""

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.pages.page_town import PageTown
from tests.pages.test_wallet_flows import WORKER_READY


@pytest.fixture
def phone(town: PageTown, context: BrowserContext, page: Page) -> Page:
    """Ann's, on which the wallet's worker runs."""
    town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}/wallet")
    assert page.evaluate(WORKER_READY), "no worker within ten seconds"
    page.reload()
    return page


def test_a_gift_is_not_given_again_by_going_back(town: PageTown, phone: Page) -> None:
    phone.goto(f"{town.url}/wallet/gift")
    before = phone.locator(".line").count()
    phone.get_by_label("To whom").fill("bob@example.com")
    phone.get_by_label("How many points").fill("2")
    phone.get_by_role("button", name="Give").click()
    for _ in range(2):
        phone.get_by_role("button", name="Give the points").click()
        expect(phone.get_by_role("status").first).to_contain_text("You gave 2 points.")
        assert phone.locator(".line").count() == before + 1
        phone.go_back()
    phone.reload()
    phone.get_by_role("button", name="Give the points").click()
    expect(phone.get_by_role("status").first).to_contain_text("You gave 2 points.")
    assert phone.locator(".line").count() == before + 1


def test_back_to_a_form_that_was_refused_is_the_form(town: PageTown, phone: Page) -> None:
    phone.goto(f"{town.url}/wallet/gift")
    phone.get_by_label("To whom").fill("nobody")
    phone.get_by_label("How many points").fill("2")
    phone.get_by_role("button", name="Give").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    phone.get_by_role("link", name="Shops", exact=True).click()
    expect(phone.get_by_role("heading", name="Shops")).to_be_visible()
    phone.go_back()
    expect(phone.get_by_label("To whom")).to_be_visible()
    expect(phone.get_by_text("No internet")).to_be_hidden()


def test_an_answer_that_comes_too_late_says_so(town: PageTown, phone: Page) -> None:
    question = town.api.till("cafe").post("/v1/confirmations", json={"shop": "cafe", "amount_minor": 12}).json()
    phone.goto(f"{town.url}/wallet/pay/{question['code']}")
    form = phone.locator("form[action^='/wallet/answers/']")
    form.evaluate("it => { it.action = '/wallet/answers/conf_0' }")
    phone.get_by_role("button", name="Yes, pay").click()
    expect(phone.get_by_text("Too late: its time was over.")).to_be_visible()
    phone.goto(f"{town.url}/wallet/pay/{question['code']}")
    phone.get_by_role("button", name="No").click()
    expect(phone.get_by_text("You said no.")).to_be_visible()
