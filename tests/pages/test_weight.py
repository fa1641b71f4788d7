"""What a first visit weighs, which is the same on any machine; `tests.bench` measures how long it takes."""

import pytest
from playwright.sync_api import Browser

from tests.pages.browser import context_of
from tests.pages.page_town import PageTown
from tests.pages.slow_phone import SlowPhone

BYTES_MAX = 150_000
SHIFT_MAX = 0.05
CRITICAL = ["app"]
"""What the first paint waits for beside the page itself: the style alone."""


@pytest.mark.parametrize(
    ("path", "member"),
    [
        ("/wallet", "ann"),
        # No till has asked him anything: a question moves what is below it, as it should.
        ("/wallet/code", "bob"),
        ("/wallet/shops", "ann"),
        ("/wallet/history", "ann"),
        ("/wallet/me", "ann"),
    ],
)
def test_a_first_visit_is_light_and_nothing_jumps(town: PageTown, browser: Browser, path: str, member: str) -> None:
    context = context_of(browser, "phone", "en", "light")
    town.log_in(context, town.member(member))
    phone = SlowPhone(context)
    loaded = phone.load(f"{town.url}{path}")
    assert loaded.size_bytes() <= BYTES_MAX, loaded.resources
    assert [url.rpartition("/")[2].partition(".")[0] for url in phone.blocking()] == CRITICAL
    assert phone.shift() <= SHIFT_MAX
    context.close()
