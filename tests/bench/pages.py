"""The wallet on a slow phone with slow reception: how long until its home, what a tap opens, and the code are there."""

import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, expect

from coalition.app import open_database
from tests.bench.result import Result, Runs
from tests.bench.sizes import Sizes
from tests.pages.browser import browsing, context_of
from tests.pages.page_town import PageTown, page_town
from tests.pages.slow_phone import SlowPhone

PAINT_MS_MAX = 1_500
INTERACTION_MS_MAX = 200
CODE_MS_MAX = 500


def measure(folder: Path, sizes: Sizes) -> list[Result]:
    """Each in rounds, in a window of its own each time."""
    database = open_database(f"sqlite:///{folder}/pages.db")
    with page_town(database) as town, browsing() as browser:
        results = [
            _result("largest paint of the wallet's home", _largest_paint, town, browser, sizes, PAINT_MS_MAX),
            _result("a tap on a shop", _interaction, town, browser, sizes, INTERACTION_MS_MAX),
            _result("from a tap to the code", _code, town, browser, sizes, CODE_MS_MAX),
        ]
    database.close()
    return results


def _result(
    name: str,
    once: Callable[[PageTown, BrowserContext], float],
    town: PageTown,
    browser: Browser,
    sizes: Sizes,
    at_most: float,
) -> Result:
    values = []
    for _ in range(sizes.rounds):
        context = context_of(browser, "phone", "en", "light")
        town.log_in(context, town.member("ann"))
        values.append(once(town, context))
        context.close()
    return Result("pages", name, "ms", Runs(name, values), at_most=at_most)


def _largest_paint(town: PageTown, context: BrowserContext) -> float:
    phone = SlowPhone(context)
    phone.load(f"{town.url}/wallet")
    return phone.largest_paint_ms()


def _interaction(town: PageTown, context: BrowserContext) -> float:
    phone = SlowPhone(context)
    phone.load(f"{town.url}/wallet/shops")
    for summary in phone.page.locator("summary").all():
        summary.click()
    phone.page.wait_for_timeout(500)
    return phone.interaction_ms()


def _code(town: PageTown, context: BrowserContext) -> float:
    phone = SlowPhone(context)
    phone.load(f"{town.url}/wallet")
    # As whoever opened the wallet before: its worker has kept the code's page.
    phone.page.evaluate("navigator.serviceWorker.ready")
    phone.page.wait_for_function("caches.match('/wallet/code').then(Boolean)")
    begun = time.perf_counter()
    phone.page.get_by_role("link", name="Show code").click()
    expect(phone.page.locator(".digits")).not_to_be_empty()
    return (time.perf_counter() - begun) * 1_000
