"""A page on a phone of a fourth of the speed, with slow 4G as Lighthouse has it, and what a visitor gets of it."""

from dataclasses import dataclass
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page

SLOW_4G = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 // 8,
    "uploadThroughput": 750_000 // 8,
}
"""Milliseconds, and bytes a second."""
SLOWER = 4
OBSERVED = ("largest-contentful-paint", "layout-shift", "event", "first-input")
OBSERVE = f"""
window.observed = [];
for (const type of {list(OBSERVED)}) {{
  const keep = list => window.observed.push(...list.getEntries().map(entry => ({{
    type, at: entry.startTime, lasts: entry.duration, shift: entry.hadRecentInput ? 0 : entry.value ?? 0,
    name: entry.name,
  }})));
  new PerformanceObserver(keep).observe({{ type, buffered: true, durationThreshold: 16 }});
}}
"""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a page took: each resource by its address, with its kind and the bytes that came over the air."""

    resources: dict[str, tuple[str, int]]

    def size_bytes(self, *, without: str = "Font") -> int:
        """All bytes but those of a kind."""
        return sum(size for kind, size in self.resources.values() if kind != without)


class SlowPhone:
    """A new page of a context, watched, and slowed down where that is wanted."""

    def __init__(self, context: BrowserContext, *, slow: bool = True) -> None:
        self.page: Page = context.new_page()
        self.page.add_init_script(OBSERVE)
        self.devtools: CDPSession = context.new_cdp_session(self.page)
        self.devtools.send("Network.enable")
        if slow:
            self.devtools.send("Network.emulateNetworkConditions", SLOW_4G)
            self.devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})

    def load(self, url: str) -> Loaded:
        """Open a page, and wait until nothing more is loaded."""
        named: dict[str, tuple[str, str]] = {}
        sizes: dict[str, int] = {}

        def respond(event: dict[str, Any]) -> None:
            named[event["requestId"]] = event["response"]["url"], event["type"]

        def finish(event: dict[str, Any]) -> None:
            sizes[event["requestId"]] = int(event["encodedDataLength"])

        self.devtools.on("Network.responseReceived", respond)
        self.devtools.on("Network.loadingFinished", finish)
        self.page.goto(url, wait_until="networkidle")
        return Loaded({address: (kind, sizes.get(id_, 0)) for id_, (address, kind) in named.items()})

    def shift(self) -> float:
        """By how much the layout has shifted since the page was opened (the sum, which no window of it exceeds)."""
        return sum(float(entry["shift"]) for entry in self._observed("layout-shift"))

    def largest_paint_ms(self) -> float:
        """When the largest part of the page was painted, in milliseconds."""
        return max(float(entry["at"]) for entry in self._observed("largest-contentful-paint"))

    def interaction_ms(self) -> float:
        """The longest time from a tap to what it changed on the screen, in milliseconds."""
        entries = [*self._observed("event"), *self._observed("first-input")]
        return max((float(entry["lasts"]) for entry in entries), default=0.0)

    def blocking(self) -> list[str]:
        """Addresses without which nothing is painted, beside the page itself."""
        blocking: list[str] = self.page.evaluate(
            "performance.getEntriesByType('resource')"
            ".filter(it => it.renderBlockingStatus === 'blocking').map(it => it.name)"
        )
        return blocking

    def _observed(self, type_: str) -> list[dict[str, Any]]:
        observed: list[dict[str, Any]] = self.page.evaluate(
            "type => window.observed.filter(entry => entry.type === type)", type_
        )
        return observed
