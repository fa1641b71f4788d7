"""The phone's half of pay codes, in a browser: the same codes, a key that no script reads, and drawings that scan."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, Route

import coalition.paycodes
from tests.coalition.paycodes.test_vectors import VECTORS
from tests.pages.browser import browsing

MODULE = Path(coalition.paycodes.__file__).parent / "pay_code.js"
ORIGIN = "https://phone.example/"
MODULE_PIXELS, QUIET_MODULES = 6, 10


def answer(route: Route) -> None:
    """A page without anything on it, and the module."""
    if route.request.url.endswith(".js"):
        route.fulfill(body=MODULE.read_text(encoding="utf-8"), content_type="text/javascript")
    else:
        route.fulfill(body="<!doctype html><title>phone</title>", content_type="text/html")


@pytest.fixture(scope="module")
def page() -> Iterator[Page]:
    """A page of a secure origin, at which a browser has its cryptography. No request leaves the machine."""
    with browsing() as browser:
        opened = browser.new_page()
        opened.route(f"{ORIGIN}**", answer)
        opened.goto(ORIGIN)
        yield opened


def run(page: Page, body: str, argument: object) -> Any:
    """What a function of the module's page answers; `code` is the module."""
    return page.evaluate(f"async (argument) => {{ const code = await import('/pay_code.js'); {body} }}", argument)


def test_the_phone_makes_the_same_codes(page: Page) -> None:
    body = """
    const made = [];
    for (const {key, number, step} of argument) made.push(await code.makeCode(await code.importKey(key), number, step));
    return made;
    """
    assert run(page, body, VECTORS) == [vector["code"] for vector in VECTORS]


def test_no_script_reads_the_key(page: Page) -> None:
    body = """
    const key = await code.importKey(argument);
    return [key.extractable, await crypto.subtle.exportKey("raw", key).then(() => "read", (error) => error.name)];
    """
    assert run(page, body, VECTORS[0]["key"]) == [False, "InvalidAccessError"]


def test_a_step_is_of_half_a_minute(page: Page) -> None:
    body = "return argument.map((moment) => [code.stepOf(moment), code.leftOfStep(moment)])"
    assert run(page, body, [0, 29_999, 30_000]) == [[0, 30_000], [0, 1], [1, 30_000]]
    assert run(page, "return code.grouped(argument)", "29123456789012345678") == "2912 3456 7890 1234 5678"


def test_a_scanner_reads_the_qr_code(page: Page) -> None:
    for vector in VECTORS:
        rows = run(page, "return code.qrCode(argument)", vector["code"])
        (read,) = zxingcpp.read_barcodes(image_of(rows))
        assert (read.text, read.format) == (vector["code"], zxingcpp.BarcodeFormat.QRCode)


def test_a_scanner_reads_the_bars(page: Page) -> None:
    for vector in VECTORS:
        widths = run(page, "return code.code128(argument)", vector["code"])
        bars = [index % 2 == 0 for index, width in enumerate(widths) for _ in range(width)]
        (read,) = zxingcpp.read_barcodes(image_of([bars] * 20))
        assert (read.text, read.format) == (vector["code"], zxingcpp.BarcodeFormat.Code128)


def image_of(rows: list[list[bool]]) -> Image.Image:
    """Modules as a camera sees them, on white."""
    width, height = len(rows[0]) + 2 * QUIET_MODULES, len(rows) + 2 * QUIET_MODULES
    image = Image.new("L", (width, height), 255)
    for y, row in enumerate(rows):
        for x, dark in enumerate(row):
            if dark:
                image.putpixel((x + QUIET_MODULES, y + QUIET_MODULES), 0)
    return image.resize((width * MODULE_PIXELS, height * MODULE_PIXELS), Image.Resampling.NEAREST)
