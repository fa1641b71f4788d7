"""What members change about themselves, by keyboard alone: their household, their number, and their whole account."""

from playwright.sync_api import BrowserContext, Locator, Page, expect

from coalition.access.prove import PROOF_MINUTES
from tests.pages.page_town import PageTown
from tests.pages.test_wallet_flows import code_sent, tab_to
from tests.support.clock import MINUTE
from tests.support.wallets import People


def press(page: Page, target: Locator, key: str = "Enter") -> None:
    """Come to a part of the page by the tab key, and press a key there."""
    tab_to(page, target)
    page.keyboard.press(key)


def open_from_me(page: Page, town: PageTown, name: str) -> None:
    """A page that Me leads to."""
    page.goto(f"{town.url}/wallet/me")
    press(page, page.get_by_role("link", name=name))


def invite(page: Page, contact: str) -> None:
    """Invite somebody to the household whose page is open."""
    tab_to(page, page.get_by_label("Invite somebody"))
    page.keyboard.type(contact)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Invited.")


def test_a_household_is_made_shared_and_left_by_keyboard_alone(
    town: PageTown, context: BrowserContext, page: Page
) -> None:
    people = People(town.api)
    host, guest = (people.enrol(email=f"{name}-keys@example.com", name=name.title()) for name in ("hal", "ida"))
    town.log_in(context, town.member(host))
    open_from_me(page, town, "Household")
    press(page, page.get_by_role("button", name="Start a household"))
    field = page.get_by_label("Invite somebody")
    tab_to(page, field)
    page.keyboard.press("Enter")
    expect(field).to_have_accessible_description("Please fill this in.")
    invite(page, "ida-keys@example.com")
    press(page, page.get_by_role("button", name="Take it back"))
    expect(page.get_by_role("status")).to_contain_text("You took the invitation back.")
    invite(page, "ida-keys@example.com")
    town.log_in(context, town.member(guest))
    page.goto(f"{town.url}/wallet")
    press(page, page.get_by_role("link", name="See who"))
    expect(page.get_by_text("Hal · h•••@example.com invites you to share points.")).to_be_visible()
    press(page, page.get_by_role("button", name="Join"))
    expect(page.get_by_role("status")).to_contain_text("You are in.")
    press(page, page.get_by_role("link", name="Leave the household"))
    press(page, page.get_by_role("button", name="Leave"))
    expect(page.get_by_role("status")).to_contain_text("You left the household.")


def test_a_number_is_changed_by_keyboard_alone(town: PageTown, context: BrowserContext, page: Page) -> None:
    old, new = "kai-keys@example.com", "+4915187651111"
    town.log_in(context, town.member(People(town.api).enrol(email=old)))
    town.api.clock.forward(PROOF_MINUTES * MINUTE + 1)
    open_from_me(page, town, "Change number or address")
    press(page, page.get_by_role("button", name=f"Send a code to {old}"))
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(code_sent(town, old))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Phone number or e-mail address"))
    page.keyboard.type(new)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(code_sent(town, new))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Added.")


def test_an_account_is_deleted_by_keyboard_alone(town: PageTown, context: BrowserContext, page: Page) -> None:
    member = People(town.api).enrol(email="leo-keys@example.com")
    town.log_in(context, town.member(member))
    open_from_me(page, town, "Delete my account")
    press(page, page.get_by_role("button", name="Delete it for good"))
    expect(page.get_by_role("alert")).to_contain_text("Tick the box if you are sure.")
    press(page, page.get_by_label("I am sure"), "Space")
    press(page, page.get_by_role("button", name="Delete it for good"))
    expect(page.get_by_role("status")).to_contain_text("Your account is deleted.")
    assert town.api.client().get(f"/v1/members/{member}").status_code == 404
