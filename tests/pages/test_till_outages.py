"""Sales at a till whose line, server or browser fails at each point of them: every sale has one outcome, to the cent.

Ten of them; `TEST_EFFORT=50 pytest tests/pages/test_till_outages.py` makes five hundred.
"""

import os
import re
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, BrowserType, Page, expect
from playwright.sync_api import Error as PlaywrightError

from tests.pages.browser import PATIENCE_MS, chromium
from tests.pages.counter_site import CounterSite
from tests.pages.till_counter import on_screen, ring_up, scan, sign_in, type_who
from tests.support.effort import EFFORT
from tests.support.town_api import MEMBERS

SALES = 10 * EFFORT
OUTCOME_MS = 60_000
FAULTS = ("none", "before", "during", "after", "server", "browser before", "browser during", "browser after")
OUTCOMES = "[data-screen=result]:visible, [data-screen=not-done]:visible"


class Rung(NamedTuple):
    """A sale as the till showed it: its amount, which no other has, what was to be paid, and whether it was made."""

    amount_minor: int
    cash: str
    made: bool


class Counter:
    """A till in a browser that is killed and comes back as it was."""

    def __init__(self, browsers: BrowserType, site: CounterSite, folder: Path) -> None:
        self.browsers, self.site, self.folder = browsers, site, folder
        self.problems: list[str] = []
        self.page = self.open(site.till_url())
        sign_in(self.page)

    def open(self, url: str) -> Page:
        """The browser, with all that it has kept."""
        for lock in self.folder.glob("Singleton*"):
            lock.unlink(missing_ok=True)
        self.context: BrowserContext = self.browsers.launch_persistent_context(
            self.folder,
            executable_path=chromium(),
            args=["--no-sandbox"],
            locale="en-GB",
            viewport={"width": 360, "height": 640},
        )
        page = self.context.pages[0]
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.goto(url)
        return page

    def kill(self) -> None:
        """Kill the browser as a dead battery does, and open it again."""
        for pid in _processes_of(self.folder):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        with suppress(PlaywrightError):
            self.context.close()
        self.page = self.open(f"{self.site.line.url}/till")

    def close(self) -> None:
        """Put it away."""
        self.context.close()


def _processes_of(folder: Path) -> Iterator[int]:
    """The browser whose profile lies there, which takes its children along."""
    for each in Path("/proc").iterdir():
        with suppress(OSError):
            if each.name.isdigit() and f"--user-data-dir={folder}".encode() in (each / "cmdline").read_bytes():
                yield int(each.name)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[CounterSite]:
    """The café and its server."""
    expect.set_options(timeout=PATIENCE_MS)
    with CounterSite(tmp_path).served() as served:
        yield served


def begin_sale(site: CounterSite, page: Page, draw: Random, amount_minor: int, arm: "list[str]") -> None:
    """Ring up a sale that earns or spends, up to the request that books it."""
    on_screen(page, "amount")
    ring_up(page, f"{amount_minor // 100},{amount_minor % 100:02}")
    on_screen(page, "scan")
    member = draw.choice(MEMBERS)
    if draw.random() < 0.5:
        site.line.cut("/v1/purchases", *arm)  # type: ignore[arg-type]
        type_who(page, f"{member}@example.org")
        return
    scan(page, site.six_digits(member))
    page.locator("[data-screen=pay]:visible, [data-screen=result]:visible").wait_for()
    site.line.cut("/v1/purchases", *arm)  # type: ignore[arg-type]
    if page.locator("[data-screen=pay]").is_visible():
        page.locator("[data-act=pay-all]").click()


def finish_sale(page: Page, amount_minor: int) -> Rung:
    """What the till says in the end."""
    page.locator(OUTCOMES).wait_for(timeout=OUTCOME_MS)
    made = page.locator("[data-screen=result]").is_visible()
    cash = page.locator("[data-fill=cash]:visible").inner_text()
    page.locator("[data-act=next-sale]:visible").click()
    return Rung(amount_minor, cash, made)


def sell(counter: Counter, draw: Random, amount_minor: int, fault: str) -> Rung:
    """A sale during which something fails."""
    site = counter.site
    where, _, when = fault.rpartition(" ") if fault.startswith("browser") else ("", "", fault)
    cuts = {"none": [], "server": []}.get(when, [when] * draw.choice([1, 1, 2]))
    if where:
        cuts = [when] * 20
    if fault == "server":
        site.kill()
        # Without a server no code is read: this one earns.
        ring_up(counter.page, f"{amount_minor // 100},{amount_minor % 100:02}")
        type_who(counter.page, f"{draw.choice(MEMBERS)}@example.org")
        counter.page.wait_for_timeout(draw.choice([50, 500, 2_000]))
        site.start()
        return finish_sale(counter.page, amount_minor)
    begin_sale(site, counter.page, draw, amount_minor, cuts)
    if where and site.line.made.wait(2):
        counter.kill()
        site.line.cut("/v1/purchases")
        counter.page.locator(f"{OUTCOMES}, [data-screen=amount]:visible").first.wait_for(timeout=OUTCOME_MS)
    rung = finish_sale(counter.page, amount_minor)
    site.line.cut("/v1/purchases")
    return rung


def test_every_sale_has_one_outcome_whatever_fails(site: CounterSite, browser: Browser, tmp_path: Path) -> None:
    draw = Random(17)
    counter = Counter(browser.browser_type, site, tmp_path / "browser")
    faults = [FAULTS[number % len(FAULTS)] for number in range(SALES)]
    draw.shuffle(faults)
    rung = [sell(counter, draw, 1_000 + number, fault) for number, fault in enumerate(faults)]
    expect(counter.page.locator("[data-queue-badge]")).to_be_hidden(timeout=OUTCOME_MS)
    assert counter.problems == []
    counter.close()
    standing = site.standing()
    booked = {each["amount_minor"]: each for each in standing}
    wrong = [
        (fault, outcome, booked.get(outcome.amount_minor))
        for fault, outcome in zip(faults, rung, strict=True)
        if outcome.made != (outcome.amount_minor in booked)
    ]
    assert wrong == []
    assert len(booked) == len(standing) == sum(outcome.made for outcome in rung)
    for outcome in rung:
        if outcome.made and outcome.cash:
            assert int(re.sub(r"\D", "", outcome.cash)) == booked[outcome.amount_minor]["cash_due_minor"], outcome
    site.check()
