"""Debian's Chromium, driven by playwright: installed where that is allowed, or the error names the command."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, sync_playwright

PACKAGES = ("chromium", "fonts-noto-cjk")
INSTALL = f"apt-get update && apt-get install --yes {' '.join(PACKAGES)}"
PATHS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")

Theme = Literal["light", "dark"]
SIZES = {"phone": (360, 640), "desk": (1280, 800)}
LANGUAGES = {"en": "en-GB", "zh": "zh-CN"}


class NoBrowser(RuntimeError):
    """There is no Chromium, and it can't be installed from here."""


@cache
def chromium() -> str:
    """Where Chromium is; it is installed where it is missing and this is Debian's root. Raises NoBrowser."""
    if (path := _installed()) is not None:
        return path
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        raise NoBrowser(f"the tests of pages need a browser; as root: {INSTALL}")
    done = subprocess.run(
        ["sh", "-c", INSTALL],
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        capture_output=True,
        text=True,
        check=False,
    )
    if (path := _installed()) is None:
        raise NoBrowser(f"{INSTALL}: {done.stderr}")
    return path


def _installed() -> str | None:
    return next((path for path in PATHS if os.access(path, os.X_OK)), None)


@contextmanager
def browsing() -> Iterator[Browser]:
    """A browser for as long as a `with` lasts."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def context_of(browser: Browser, size: str, lang: str, theme: Theme) -> BrowserContext:
    """A visitor's window, with nothing kept from others."""
    width, height = SIZES[size]
    return browser.new_context(
        viewport={"width": width, "height": height}, locale=LANGUAGES[lang], color_scheme=theme, reduced_motion="reduce"
    )


@cache
def axe_source() -> str:
    """The script of axe-core, which looks for what keeps people from using a page."""
    return (Path(__file__).parent / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
