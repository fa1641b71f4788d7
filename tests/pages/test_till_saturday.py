"""A Saturday in town, compressed: tills sell side by side, take back, undo, and lose their server in between.

Two tills and thirty sales; `TEST_EFFORT=120 pytest tests/pages/test_till_saturday.py` makes an hour of it: 20 tills and
3,600 sales.
"""

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.pages.browser import context_of
from tests.pages.counter_site import CounterSite
from tests.pages.till_counter import sign_in
from tests.support.effort import EFFORT
from tests.support.town_api import MEMBERS

TILLS = min(20, 2 + EFFORT // 5)
SALES = 30 * EFFORT
SALES_EACH = SALES // TILLS
DAY_MS = 120_000 * max(1, EFFORT // 4)
BEGIN = """([from, count, members]) => {
  const find = (selector) => document.querySelector(selector);
  const shown = () => find("[data-screen]:not([hidden])")?.dataset.screen;
  const until = async (...screens) => {
    while (!screens.includes(shown())) await new Promise((resolve) => setTimeout(resolve, 20));
    // What led there has to end before a button counts again.
    await new Promise((resolve) => setTimeout(resolve, 20));
    return shown();
  };
  const type = (selector, text) => {
    find(selector).value = text;
    find(selector).dispatchEvent(new Event("input", { bubbles: true }));
  };
  const press = (selector) => [...document.querySelectorAll(selector)].find((each) => each.offsetParent).click();
  const sell = async (number) => {
    await until("amount");
    const minor = 1000 + number;
    type("#amount", `${Math.floor(minor / 100)},${String(minor % 100).padStart(2, "0")}`);
    press("[data-next]");
    await until("scan");
    type("#who", `${members[number % members.length]}@example.org`);
    press("[data-form=scan] .next");
    const ended = await until("result", "not-done");
    const undoes = ended === "result" && number % 10 === 3 && find("[data-act=undo]:not([hidden])");
    if (undoes) {
      press("[data-act=undo]");
      await until("undone");
    }
    window.shownSales.push({ minor, made: ended === "result" && !undoes });
    press("[data-act=next-sale]");
  };
  window.shownSales = [];
  (async () => {
    for (let number = from; number < from + count; number += 1) await sell(number);
    document.body.dataset.over = "yes";
  })();
}"""
"""A cashier without hands: what they would type and press."""


def counter(site: CounterSite, browser: Browser, problems: list[str]) -> tuple[BrowserContext, Page]:
    """A till at which somebody is signed in."""
    context = context_of(browser, "phone", "en", "light")
    context.on("weberror", lambda error: problems.append(str(error.error)))
    page = context.new_page()
    page.goto(site.till_url())
    sign_in(page)
    return context, page


def results_on(pages: list[Page]) -> list[dict[str, Any]]:
    """What the tills showed until now."""
    return [each for page in pages for each in page.evaluate("window.shownSales")]


def test_nothing_is_lost_on_a_saturday(site: CounterSite, browser: Browser) -> None:
    problems: list[str] = []
    counters = [counter(site, browser, problems) for _ in range(TILLS)]
    pages = [page for _, page in counters]
    for number, page in enumerate(pages):
        page.evaluate(BEGIN, [number * SALES_EACH, SALES_EACH, MEMBERS])
    for _ in range(DAY_MS // 200):
        if len(results_on(pages)) >= SALES // 2:
            break
        pages[0].wait_for_timeout(200)
    site.kill()
    pages[0].wait_for_timeout(1_000)
    site.start()
    for page in pages:
        expect(page.locator("body")).to_have_attribute("data-over", "yes", timeout=DAY_MS)
    results = results_on(pages)
    for page in pages:
        expect(page.locator("[data-queue-badge]")).to_be_hidden(timeout=60_000)
    for context, _ in counters:
        context.close()
    assert problems == []
    assert len(results) == TILLS * SALES_EACH
    standing = site.standing()
    refundable = next(each for each in standing if each["points_spent"] == 0)
    assert sorted(each["amount_minor"] for each in standing) == sorted(
        each["minor"] for each in results if each["made"]
    )
    site.ask("POST", "/v1/refunds", {"purchase": refundable["id"], "amount_minor": refundable["amount_minor"]})
    site.check()
