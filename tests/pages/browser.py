"""Debian's Chromium, driven by playwright: installed where that is allowed, or the error names the command."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.support.debian import ProgramMissing, program

FONTS = "fonts-noto-cjk"
WHOLE = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
SHELL = "/usr/bin/chromium-headless-shell"
"""The same engine without what stands around it: a page opens in a third of the processor's time."""

Theme = Literal["light", "dark"]
SIZES = {"phone": (360, 640), "desk": (1280, 800)}
MORE_SIZES = {"tablet": (1024, 768), "wide": (1440, 900)}
"""Sizes that are photographed besides, where somebody asks for them."""
PATIENCE_MS = 15_000
"""How long a test waits for what a page should show: it runs beside others, and only tests of speed look at a clock."""
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}


@cache
def chromium() -> str:
    """Where Chromium's shell is, or all of Chromium where there is none to be had. Raises ProgramMissing."""
    try:
        return program((SHELL,), ("chromium-headless-shell", FONTS))
    except ProgramMissing:
        return whole_chromium()


@cache
def whole_chromium() -> str:
    """Where a Chromium is that also shows messages. Raises ProgramMissing."""
    return program(WHOLE, ("chromium", FONTS))


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser for as long as a `with` lasts."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def context_of(browser: Browser, size: str, lang: str, theme: Theme) -> BrowserContext:
    """A visitor's window, with nothing kept from others."""
    width, height = (SIZES | MORE_SIZES)[size]
    return browser.new_context(
        viewport={"width": width, "height": height}, locale=LANGUAGES[lang], color_scheme=theme, reduced_motion="reduce"
    )


@cache
def axe_source() -> str:
    """The script of axe-core, which looks for what keeps people from using a page."""
    return (Path(__file__).parent / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
