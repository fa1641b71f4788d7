"""The workers of the wallet and of the till, which share an address and so its caches: in a browser that has both."""

from playwright.sync_api import BrowserContext, Page

from tests.pages.page_town import PageTown
from tests.pages.test_wallet_flows import WORKER_READY

CACHES = "caches.keys().then(names => names.toSorted())"
ALONE = "/dev/components"
"""A page for which no worker is there."""


def caches_with(page: Page, *, gone: str) -> list[str]:
    """The names of the browser's caches, once one of them is gone."""
    for _ in range(200):
        names: list[str] = page.evaluate(CACHES)
        if gone not in names:
            return names
        page.wait_for_timeout(50)
    raise AssertionError(f"{gone} is still there after ten seconds")


def test_a_new_worker_removes_what_earlier_ones_of_its_face_have_kept_and_nothing_else(
    town: PageTown, context: BrowserContext
) -> None:
    page = context.new_page()
    page.goto(f"{town.url}{ALONE}")
    page.evaluate("Promise.all(['till-old', 'wallet-old', 'somebody-else'].map(name => caches.open(name)))")
    page.goto(f"{town.url}/wallet/log-in")
    assert page.evaluate(WORKER_READY), "no worker within ten seconds"
    names = caches_with(page, gone="wallet-old")
    (wallet,) = [name for name in names if name.startswith("wallet-")]
    assert names == ["somebody-else", "till-old", wallet]

    page.goto(f"{town.url}/till")
    assert page.evaluate(WORKER_READY), "no worker within ten seconds"
    names = caches_with(page, gone="till-old")
    (till,) = [name for name in names if name.startswith("till-")]
    assert names == ["somebody-else", till, wallet]

    # Another version of the wallet: the till opens without reception all the same.
    page.goto(f"{town.url}/wallet/log-in")
    page.evaluate("navigator.serviceWorker.getRegistration().then(own => own.unregister())")
    page.evaluate("caches.open('wallet-older')")
    page.goto(f"{town.url}/wallet/log-in")
    assert page.evaluate(WORKER_READY), "no worker within ten seconds"
    assert caches_with(page, gone="wallet-older") == ["somebody-else", till, wallet]
    context.set_offline(True)
    page.goto(f"{town.url}/till")
    assert page.locator("main").count() == 1
