"""Messages on the phone, in a browser: turned on and off by its owner, shown by the worker, each once."""

import json
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from coalition.jobs.job import WorkSettings
from coalition.jobs.worker import Worker
from coalition.schedule import job_kinds
from tests.pages.browser import whole_chromium
from tests.pages.page_town import PageTown
from tests.support.clock import SECOND
from tests.support.push_service import PushService, Subscriber, push_service
from tests.support.town_api import purchase

SUBSCRIBES = """({ sender, endpoint, ...keys }) => {
    let own = null;
    PushManager.prototype.getSubscription = async () => own;
    PushManager.prototype.subscribe = async ({ applicationServerKey, userVisibleOnly }) => {
        if (!userVisibleOnly || applicationServerKey !== sender) throw new Error("asked otherwise");
        own = { toJSON: () => ({ endpoint, keys }), unsubscribe: async () => { own = null; return true; } };
        return own;
    };
}"""
"""A browser's own part: it has a push service of its maker, which is none without the internet."""


@pytest.fixture(scope="module")
def browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium that shows messages."""
    whole = browser.browser_type.launch(executable_path=whole_chromium(), args=["--no-sandbox"])
    yield whole
    whole.close()


@pytest.fixture
def service(town: PageTown) -> Iterator[PushService]:
    """A push service that the town's server reaches."""
    before = town.api.app.state.work_settings
    town.api.app.state.work_settings = WorkSettings(allow_private=True)
    with push_service() as serving:
        yield serving
    town.api.app.state.work_settings = before


def work(town: PageTown) -> None:
    """The server sends what is due."""
    town.api.clock.forward(SECOND)
    for name in ("events.publish", "push.address", "push.send"):
        kinds = [kind for kind in job_kinds() if kind.name == name]
        worker = Worker(town.api.alliances, kinds, town.api.app.state.work_settings)
        worker.run_due()
        worker.stop()


def browser_of(page: Page, service: PushService) -> Subscriber:
    """Let the page's browser be one of the push service."""
    sender = page.locator("[data-push]").get_attribute("data-push")
    assert sender is not None
    subscriber = service.subscribe(sender)
    page.evaluate(SUBSCRIBES, {**subscriber.subscription, "sender": sender})
    return subscriber


def test_messages_are_turned_on_shown_and_turned_off(
    town: PageTown, context: BrowserContext, page: Page, service: PushService
) -> None:
    # What happened before is no news to the browser.
    work(town)
    context.grant_permissions(["notifications"], origin=town.url)
    town.log_in(context, town.member("ann"))
    page.goto(f"{town.url}/wallet/notices")
    turn_on, turn_off = (page.get_by_role("button", name=f"Turn {way} messages") for way in ("on", "off"))
    expect(turn_on).to_be_visible()
    subscriber = browser_of(page, service)
    turn_on.focus()
    page.keyboard.press("Enter")
    expect(turn_off).to_be_focused()
    expect(page.get_by_text("Messages are on.")).to_be_visible()

    purchase(town.api.till("cafe"), "heard", shop="cafe", amount_minor=1_000)
    work(town)
    (read,) = service.messages(subscriber)
    assert read.content["title"] == "Café Central"
    visible = deliver(context, page, town, read.content)
    assert visible == ["Café Central", "You earned 50 points, worth €0.50."]

    turn_off.click()
    expect(turn_on).to_be_focused()
    purchase(town.api.till("cafe"), "unheard", shop="cafe", amount_minor=1_000)
    work(town)
    assert len(service.messages(subscriber)) == 1


def deliver(context: BrowserContext, page: Page, town: PageTown, content: dict[str, str]) -> list[str]:
    """Hand the worker a message as the browser does; the title and text of what it shows, which opens its page."""
    devtools = context.new_cdp_session(page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(each["registrationId"] for each in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    for _ in range(100):
        if registrations:
            break
        page.wait_for_timeout(20)
    message = {"origin": town.url, "registrationId": registrations[0], "data": json.dumps(content)}
    # One that arrives twice is seen once.
    devtools.send("ServiceWorker.deliverPushMessage", message)
    devtools.send("ServiceWorker.deliverPushMessage", message)
    for _ in range(100):
        visible = page.evaluate("""async () => {
            const all = await (await navigator.serviceWorker.ready).getNotifications();
            return all.map(({ title, body, data }) => ({ title, body, data }));
        }""")
        if visible:
            break
        page.wait_for_timeout(20)
    ((title, body, data),) = [(each["title"], each["body"], each["data"]) for each in visible]
    assert data == {"path": content["path"]}
    return [title, body]
