"""What members do with the wallet, in a browser: by thumb, by keyboard alone, with a passkey, and without reception."""

import re
import time

from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from coalition.access.caller import Role
from coalition.access.prove import PROOF_MINUTES
from tests.pages.page_town import NEAR_THE_BUTCHER, PHONE, SHOPS, PageTown
from tests.support.clock import MINUTE
from tests.support.town_api import send

SENT_SECONDS_MAX = 10
TABS_MAX = 30
PATIENCE_SECONDS = 3
"""What the worker waits for the network before it shows what it has kept."""
WORKER_READY = """Promise.race([
    navigator.serviceWorker.ready.then(() => true),
    new Promise(resolve => setTimeout(() => resolve(false), 10_000)),
])"""


def code_sent(town: PageTown, contact: str = PHONE) -> str:
    """The code of the message that was sent last to a contact, which is Ann's where none is named."""
    deadline = time.monotonic() + SENT_SECONDS_MAX
    # A message goes out once the page is answered.
    while contact not in [to for to, _ in town.api.messages.sent] and time.monotonic() < deadline:
        time.sleep(0.01)
    text = next(text for to, text in reversed(town.api.messages.sent) if to == contact)
    digits = re.search(r"\b\d{6}\b", text)
    assert digits is not None
    return digits[0]


def test_a_member_logs_in_by_keyboard_alone_and_comes_to_the_code(town: PageTown, page: Page) -> None:
    page.goto(f"{town.url}/")
    expect(page.get_by_label("Phone number or e-mail address")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.get_by_label("Phone number or e-mail address").focus()
    page.keyboard.type(PHONE)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(code_sent(town))
    page.keyboard.press("Enter")
    show_code = page.get_by_role("link", name="Show code")
    expect(show_code).to_be_visible()
    show_code.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Show this at the till")).to_be_visible()


def test_whoever_has_a_keyboard_alone_joins_and_shows_the_code(town: PageTown, page: Page) -> None:
    contact = "keys@example.com"
    page.goto(f"{town.url}/wallet/join?shop=cafe")
    expect(page.get_by_label("Phone number or e-mail address")).to_be_focused()
    page.keyboard.type(contact)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Code")).to_be_focused()
    page.keyboard.type(code_sent(town, contact))
    tab_to(page, page.get_by_label("Name (if you like)"))
    page.keyboard.type("Kim")
    tab_to(page, page.get_by_label("I agree to the terms of Old Town of"))
    page.keyboard.press("Space")
    terms = page.get_by_role("link", name="Read the terms")
    tab_to(page, terms)
    with page.context.expect_page() as opened:
        page.keyboard.press("Enter")
    expect(opened.value.get_by_text("Each shop says what it gives:")).to_be_visible()
    opened.value.close()
    tab_to(page, page.get_by_role("button", name="Join"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("link", name="Show code"))
    page.keyboard.press("Enter")
    expect(page.locator("[data-digits]")).to_be_visible()


def test_a_gift_is_given_by_keyboard_alone(town: PageTown, context: BrowserContext, page: Page) -> None:
    town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}/wallet/gift")
    tab_to(page, page.get_by_label("To whom"))
    page.keyboard.type("Bob")
    tab_to(page, page.get_by_label("How many points"))
    page.keyboard.type("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Write a phone number with its country code")
    page.get_by_label("How many points").press("Shift+Tab")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("bob@example.com")
    tab_to(page, page.get_by_role("button", name="Give"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Worth €0.03, to bob@example.com.")).to_be_visible()
    tab_to(page, page.get_by_role("button", name="Give the points"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(re.compile("You gave [35] points. They have arrived."))


def test_a_till_is_answered_by_keyboard_alone_and_what_it_books_is_seen(
    town: PageTown, context: BrowserContext, page: Page
) -> None:
    town.log_in(context, town.member("ann"))
    till = town.api.till("cafe")
    asked = till.post("/v1/confirmations", json={"shop": "cafe", "amount_minor": 12}).json()
    page.goto(f"{town.url}/wallet/code")
    tab_to(page, page.get_by_role("link", name="The till shows a code"))
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_label("Code"))
    page.keyboard.type(asked["code"])
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Yes, pay"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("You said yes.")).to_be_visible()
    sale = {"shop": "cafe", "amount_minor": 12, "points": "all"}
    booked = send(till, "/v1/purchases", "by-keyboard", **sale, confirmation=asked["id"])
    assert booked["points_spent"] == 12
    expect(page.get_by_text("Paid with 12 points")).to_be_visible()
    assert "/wallet/history/" in page.url

    with page.expect_response("**/wallet/questions?*"):
        page.goto(f"{town.url}/wallet/code")
    code = page.locator("[data-digits]").inner_text().replace(" ", "")
    send(till, "/v1/purchases", "by-code", **sale, pay_code=code)
    expect(page.get_by_text("Paid: €0.12 at Café Central")).to_be_visible()
    expect(page.get_by_text("You paid €0.12 with 12 points.")).to_be_visible()
    left = town.api.client(Role.APP).get("/v1/wallets/ann").json()["points"]
    standing = page.get_by_text(f"You have {left:,} points now")
    expect(standing).to_be_visible()
    # What the page shows the server doesn't say again, and so it stays.
    for _ in range(2):
        with page.expect_response("**/wallet/questions?*seen=*") as asked_again:
            pass
        assert f"{left:,} points now" not in asked_again.value.text()
    expect(standing).to_be_visible()


def tab_to(page: Page, target: Locator) -> None:
    """Press the tab key until a part of the page has the focus, as whoever has no mouse does."""
    expect(target).to_be_visible()
    for _ in range(TABS_MAX):
        if target.evaluate("it => it === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by {TABS_MAX} presses of the tab key")


def test_a_wrong_code_says_what_to_do_and_keeps_the_contact(town: PageTown, page: Page) -> None:
    page.goto(f"{town.url}/wallet/log-in")
    page.get_by_label("Phone number or e-mail address").fill("nobody@example.com")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill("000000")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_contain_text("have a new one sent")
    expect(page.locator("form.stack [name=contact]")).to_have_value("nobody@example.com")


def test_a_passkey_is_added_and_logs_in_with_one_tap(town: PageTown, context: BrowserContext, page: Page) -> None:
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})
    dan = town.api.till().post("/v1/members", json={"email": "dan-of-old@example.com"}).json()["id"]
    town.log_in(context, town.member(dan))
    page.goto(f"{town.url}/wallet/me/passkeys")
    # Some minutes after a log-in it takes a proof, and comes back here.
    town.api.clock.forward(PROOF_MINUTES * MINUTE + 1)
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_role("button", name="Send a code to").click()
    page.get_by_label("Code").fill(code_sent(town, "dan-of-old@example.com"))
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.locator("summary", has_text="Remove")).to_be_visible()
    page.goto(f"{town.url}/wallet/me")
    page.get_by_role("button", name="Log out here").click()
    page.get_by_role("button", name="Log in with a passkey").click()
    expect(page.get_by_role("link", name="Show code")).to_be_visible()


def test_a_gift_that_is_sent_twice_is_one_gift(town: PageTown, context: BrowserContext, page: Page) -> None:
    town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}/wallet/gift")
    before = page.locator(".line").count()
    page.get_by_label("To whom").fill("bob@example.com")
    page.get_by_label("How many points").fill("5")
    page.get_by_role("button", name="Give").click()
    page.get_by_role("button", name="Change something").click()
    expect(page.get_by_label("To whom")).to_have_value("bob@example.com")
    page.get_by_role("button", name="Give").click()
    page.get_by_role("button", name="Give the points").dblclick()
    expect(page.get_by_role("status")).to_contain_text(re.compile("You gave [35] points. They have arrived."))
    assert page.locator(".line").count() == before + 1


def test_the_language_that_was_chosen_stays(town: PageTown, page: Page) -> None:
    page.goto(f"{town.url}/wallet/shops")
    page.get_by_role("button", name="中文").click()
    expect(page.get_by_role("heading", name="商户")).to_be_visible()
    page.goto(f"{town.url}/wallet/log-in")
    expect(page.locator("html")).to_have_attribute("lang", "zh-Hans")


def test_the_wallet_opens_without_reception_and_forgets_at_the_log_out(
    town: PageTown, context: BrowserContext, page: Page
) -> None:
    town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}/wallet")
    assert page.evaluate(WORKER_READY), "no worker within ten seconds"
    page.reload()
    balance = page.locator(".balance .points").inner_text()
    context.set_offline(True)
    page.goto(f"{town.url}/wallet")
    assert page.locator(".balance .points").inner_text() == balance
    expect(page.get_by_text("No internet. Your points are as of")).to_be_visible()
    page.goto(f"{town.url}/wallet/gift")
    expect(page.get_by_role("heading", name="No internet")).to_be_visible()
    context.set_offline(False)
    page.goto(f"{town.url}/wallet/me")
    page.get_by_role("button", name="Log out here").click()
    expect(page.get_by_role("heading", name="Log in to your points")).to_be_visible()
    assert page.evaluate("caches.match('/wallet').then(kept => kept === undefined)")


def test_where_the_network_dawdles_the_balance_as_last_seen_comes_after_three_seconds(
    town: PageTown, context: BrowserContext, page: Page
) -> None:
    town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}/wallet")
    assert page.evaluate(WORKER_READY), "no worker within ten seconds"
    page.reload()
    as_of = page.locator(".balance").get_by_text("As of").inner_text()
    balance = page.locator(".balance .points").inner_text()
    dawdling: list[Route] = []

    def dawdle(route: Route) -> None:
        dawdling.append(route)

    context.route("**/wallet", dawdle)
    town.api.clock.forward(60 * MINUTE)
    began = time.monotonic()
    page.goto(f"{town.url}/wallet", wait_until="commit")
    waited = time.monotonic() - began
    expect(page.locator(".balance").get_by_text("As of")).to_have_text(as_of)
    assert page.locator(".balance .points").inner_text() == balance
    assert PATIENCE_SECONDS <= waited < 2 * PATIENCE_SECONDS
    assert dawdling, "the network was asked first"
    for route in dawdling:
        route.abort()


def towns_own(names: Locator) -> list[str]:
    """Of the shops on a page the town's own, in its order: others may have come with other tests."""
    return [name for name in names.all_inner_texts() if name in {profile.name for profile in SHOPS.values()}]


def test_shops_are_found_by_what_they_sell_when_they_are_open_and_where_the_phone_is(
    town: PageTown, context: BrowserContext, page: Page
) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation(NEAR_THE_BUTCHER)
    page.goto(f"{town.url}/wallet/shops", wait_until="networkidle")
    names = page.locator(".line-title")
    assert towns_own(names) == ["Bäckerei Sommer", "Café Central", "Metzgerei Huber", "小四川饭馆"]
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_role("button", name="Near me").click()
    expect(page.locator("[data-far]").first).to_have_text("10 m")
    assert towns_own(names) == ["Metzgerei Huber", "Bäckerei Sommer", "Café Central", "小四川饭馆"]
    assert sent == [], "the phone's place is nobody's business"
    page.locator("summary", has_text="Bäckerei Sommer").click()
    expect(page.get_by_text("Marktplatz 1")).to_be_visible()
    page.get_by_label("Open now").check()
    expect(names).to_have_text(["Bäckerei Sommer"])
    page.get_by_label("What they sell").select_option("Café")
    expect(page.get_by_text("None of those that give their opening hours is open now.")).to_be_visible()
    page.get_by_role("button", name="中文").click()
    page.goto(f"{town.url}/wallet/shops")
    page.locator("summary", has_text="小四川饭馆").click()
    expect(page.get_by_text("正宗川菜。")).to_be_visible()


def test_a_new_number_takes_a_proof_and_a_code_and_the_old_one_hears(
    town: PageTown, context: BrowserContext, page: Page
) -> None:
    old, new = "gwen@example.com", "+4915187650000"
    api = town.api
    member = api.till().post("/v1/members", json={"email": old}).json()["id"]
    town.log_in(context, town.member(member))
    api.clock.forward(PROOF_MINUTES * MINUTE + 1)
    page.goto(f"{town.url}/wallet/me")
    page.get_by_role("link", name="Change number or address").click()
    page.get_by_role("button", name=f"Send a code to {old}").click()
    page.get_by_label("Code").fill(code_sent(town, old))
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Phone number or e-mail address").fill("12")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("alert")).to_be_visible()
    page.get_by_label("Phone number or e-mail address").fill("0151 87650000")
    page.get_by_role("button", name="Send me a code").click()
    page.get_by_label("Code").fill(code_sent(town, new))
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_contain_text("Added.")
    expect(page.get_by_text("+49 1518 7650000")).to_be_visible()
    assert any("A phone number or an e-mail address" in text for to, text in api.messages.sent if to == old)
