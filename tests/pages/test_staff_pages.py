"""Staff accept their invitation in a browser, with a second factor where their role takes one."""

import pyotp
from playwright.sync_api import Browser, expect

from coalition.access.caller import Role
from coalition.access.invite import add_invited_user, server_caller
from tests.pages.browser import context_of
from tests.pages.page_town import PageTown
from tests.support.clock import SECOND
from tests.support.people import PASSWORD


def test_an_invitation_is_accepted_with_a_second_factor_and_leads_on_to_a_passkey(
    town: PageTown, browser: Browser
) -> None:
    api = town.api
    with api.database.engine.begin() as connection:
        caller = server_caller(api.alliance.id)
        email = "fred@oldtown.example"
        _, token = add_invited_user(connection, caller, email, "Fred", Role.FINANCE, None, "en", api.clock())
    context = context_of(browser, "desk", "en", "light")
    page = context.new_page()
    page.goto(f"{town.url}/invitation#{token}")
    expect(page.get_by_role("heading", name="Welcome to Old Town")).to_be_visible()
    assert token not in page.url
    page.get_by_label("Choose a password").fill("password1234")
    page.get_by_label("Six digits").fill("000000")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("alert")).to_contain_text("too easy to guess")
    page.get_by_text("Can't scan it?").click()
    secret = page.locator("details b").inner_text()
    page.get_by_label("Choose a password").fill(PASSWORD)
    page.get_by_label("Six digits").fill(pyotp.TOTP(secret).at(api.clock() // SECOND))
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("status")).to_contain_text("You are in")
    expect(page.get_by_role("button", name="Add a passkey")).to_be_visible()
    page.get_by_role("button", name="Log out").click()
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_label("Code of your authenticator app")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_label("身份验证器应用中的验证码")).to_be_visible()
    page.get_by_role("button", name="English").click()
    assert email not in page.url
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Code of your authenticator app").fill(
        pyotp.TOTP(secret).at(api.clock.forward(30 * SECOND) // SECOND)
    )
    page.get_by_role("button", name="Log in", exact=True).click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    context.close()
