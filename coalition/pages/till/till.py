"""The till: one page for everybody, on which a script connects the device, signs cashiers in, and sells by the API."""

from dataclasses import dataclass
from hashlib import sha256

from fastapi import Response
from fastapi.responses import HTMLResponse

from coalition.pages.assets import all_assets, asset_url, modules_of
from coalition.pages.page import Page, environment, show
from coalition.pages.page_router import PageRouter
from coalition.pages.visit import Visiting
from coalition.web.page_policy import OF_SCANNING

router = PageRouter("/till")
CAMERA = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
WORKER_CSP = "default-src 'none'; connect-src 'self'"
SHELL = ("app.css", "till.js", "barcode-detector.js", "zxing-reader.wasm", "atkinson.woff2", "icon.svg")
"""What the worker keeps from the start, with what the script imports."""


@dataclass(frozen=True, slots=True)
class TillPage(Page):
    """All screens of a till; the script shows one at a time."""


@router.get("")
def till(visit: Visiting) -> HTMLResponse:
    """The same for every device: it has what is its own."""
    answer = show(visit, TillPage())
    answer.headers["Content-Security-Policy"] = OF_SCANNING
    answer.headers["Permissions-Policy"] = CAMERA
    return answer


@router.get("/worker.js")
def worker() -> Response:
    """The worker, which names the files of this version: another version is another worker."""
    files = [*(asset_url(name) for name in SHELL), *modules_of("till.js")]
    version = sha256("".join(all_assets()).encode()).hexdigest()[:12]
    script = environment().get_template("till/worker.js").render(files=files, version=version)
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/till", "Content-Security-Policy": WORKER_CSP}
    return Response(script, media_type="text/javascript", headers=headers)
