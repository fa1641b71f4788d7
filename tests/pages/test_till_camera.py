"""The till reads a member's code by its camera, under its own policy: Debian's Chromium has no detector, so by ours."""

from io import BytesIO
from pathlib import Path

import segno
from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.pages.browser import chromium
from tests.pages.page_town import PageTown
from tests.pages.till_counter import on_screen, open_till, ring_up
from tests.support.wallets import People

FRAMES = 20
CAMERA = ("--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")


def film(text: str, path: Path) -> Path:
    """A film of a phone that shows a code."""
    drawn, frame, written = BytesIO(), Image.new("RGB", (640, 480), "white"), BytesIO()
    segno.make(text, error="m", micro=False).save(drawn, kind="png", scale=12, border=8)
    code = Image.open(drawn).convert("RGB")
    frame.paste(code, ((frame.width - code.width) // 2, (frame.height - code.height) // 2))
    frame.save(written, "JPEG", quality=90)
    path.write_bytes(written.getvalue() * FRAMES)
    return path


def test_the_camera_reads_a_code(town: PageTown, browser: Browser, tmp_path: Path) -> None:
    code = People(town.api).phone("ann").code()
    capture = f"--use-file-for-fake-video-capture={film(code, tmp_path / 'code.mjpeg')}"
    with_camera = browser.browser_type.launch(executable_path=chromium(), args=[*CAMERA, capture])
    page = with_camera.new_context(locale="en-GB", permissions=["camera"]).new_page()
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(str(error)))
    open_till(town, page)
    ring_up(page, "0,10")
    on_screen(page, "scan")
    page.get_by_role("button", name="Use the camera").click()
    on_screen(page, "pay", 20_000)
    expect(page.get_by_text("They can pay €0.10 of €0.10 with 10 points.")).to_be_visible()
    assert problems == []
    with_camera.close()


def test_only_the_page_that_scans_runs_webassembly_and_sees_the_camera(town: PageTown) -> None:
    client = TestClient(town.api.app, base_url=town.url)
    headers = {path: client.get(path, headers={"accept": "text/html"}).headers for path in ("/till", "/wallet/log-in")}
    assert "script-src 'self' 'wasm-unsafe-eval';" in headers["/till"]["content-security-policy"]
    assert "camera=(self)" in headers["/till"]["permissions-policy"]
    assert "unsafe" not in headers["/wallet/log-in"]["content-security-policy"]
    assert "camera=()" in headers["/wallet/log-in"]["permissions-policy"]
