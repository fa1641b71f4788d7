"""Sales made offline on three devices, sent by two tabs each over a line that is cut at random: each is booked once.

Thirty of them; `TEST_EFFORT=34 pytest tests/pages/test_till_queues.py` makes a thousand and twenty.
"""

from random import Random

from playwright.sync_api import Browser, BrowserContext, Page

from coalition.pages.assets import asset_url
from tests.pages.browser import context_of
from tests.pages.counter_site import SHOP, CounterSite
from tests.pages.till_counter import on_screen, sign_in
from tests.support.effort import EFFORT
from tests.support.town_api import MEMBERS

DEVICES, SALES_EACH = 3, 10 * EFFORT
CUTS = ("before", "during", "after")
ROUNDS_MAX = 200
SELL = """async ([sale, store, shop, from, count, members]) => {
  const [{ settle }, { kept }] = await Promise.all([import(sale), import(store)]);
  const [own, shift] = await Promise.all([kept("own"), kept("shift")]);
  const kinds = [];
  for (let number = from; number < from + count; number += 1) {
    const body = {
      shop,
      amount_minor: 1000 + number,
      shift: shift.id,
      external_ref: `${own.id}-${number}`,
      email: `${members[number % members.length]}@example.org`,
      occurred_at: new Date(Date.now() + own.offset).toISOString(),
    };
    kinds.push((await settle({ key: crypto.randomUUID(), body, begunAt: Date.now() }, () => {})).kind);
  }
  return kinds;
}"""
"""Sales as the till makes them, without somebody who types."""
SEND = "async (sale) => { const { sendQueue } = await import(sale); sendQueue().catch(reportError); }"
WAITING = """async (store) => (await (await import(store)).queued()).map(({ kind, refusal }) => refusal ?? kind)"""


class Device:
    """A till with two tabs: one holds it, and the other one waits for that one's end."""

    def __init__(self, site: CounterSite, browser: Browser) -> None:
        self.site = site
        self.problems: list[str] = []
        self.context: BrowserContext = context_of(browser, "phone", "en", "light")
        self.context.on("weberror", lambda error: self.problems.append(str(error.error)))
        self.tabs = [self.context.new_page()]
        self.tabs[0].goto(site.till_url())
        sign_in(self.tabs[0])
        self.tabs.append(self.open())
        on_screen(self.tabs[1], "elsewhere")

    def open(self) -> Page:
        """Another tab."""
        tab = self.context.new_page()
        tab.goto(f"{self.site.line.url}/till")
        return tab

    def sell(self, number: int) -> None:
        """Make its sales without a connection."""
        self.context.set_offline(True)
        names = [asset_url("till-sale.js"), asset_url("till-store.js"), SHOP, number, SALES_EACH, MEMBERS]
        assert self.tabs[0].evaluate(SELL, names) == ["queued"] * SALES_EACH

    def waiting(self) -> list[str]:
        """What it has not sent yet, and why what was refused was."""
        return list(self.tabs[0].evaluate(WAITING, asset_url("till-store.js")))

    def send(self, draw: Random) -> None:
        """Let both tabs send at once, also the one that holds no till; or close one while it sends."""
        self.context.set_offline(False)
        for tab in self.tabs:
            tab.evaluate(SEND, asset_url("till-sale.js"))
        if draw.random() < 0.3:
            self.tabs[0].wait_for_timeout(draw.choice([0, 30, 200]))
            self.tabs.pop(0).close()
            self.tabs.append(self.open())


def test_each_sale_made_offline_is_booked_once(site: CounterSite, browser: Browser) -> None:
    draw = Random(18)
    devices = [Device(site, browser) for _ in range(DEVICES)]
    for number, device in enumerate(devices):
        device.sell(number * SALES_EACH)
    for _ in range(ROUNDS_MAX):
        behind = [device for device in devices if device.waiting()]
        if not behind:
            break
        site.line.cut("/v1/offline-sales", *draw.choices(CUTS, k=draw.randrange(4)))
        draw.choice(behind).send(draw)
        behind[0].tabs[0].wait_for_timeout(draw.choice([50, 300, 1_000, 3_000]))
    assert [device.waiting() for device in devices] == [[]] * DEVICES
    assert [device.problems for device in devices] == [[]] * DEVICES
    for device in devices:
        device.context.close()
    booked = sorted(each["amount_minor"] for each in site.purchases())
    assert booked == [1000 + number for number in range(DEVICES * SALES_EACH)]
    site.check()
