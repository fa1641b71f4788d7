"""The till: one page for everybody, on which a script connects the device, signs cashiers in, and sells by the API."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Response
from fastapi.responses import HTMLResponse

from coalition.day_sheets.figures import FIGURES, NO_TILL, Figure
from coalition.pages.assets import asset_url, modules_of
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.qr import qr_image
from coalition.pages.service_worker import worker_answer
from coalition.pages.visit import Visiting
from coalition.web.page_policy import OF_SCANNING

router = PageRouter("/till")
CAMERA = "camera=(self), microphone=(), geolocation=(), payment=(), usb=()"
SHELL = ("app.css", "till.js", "barcode-detector.js", "zxing-reader.wasm", "atkinson.woff2", "icon.svg")
"""What the worker keeps from the start, with what the script imports."""


@dataclass(frozen=True, slots=True)
class TillPage(Page):
    """All screens of a till; the script shows one at a time. `figures` are those of the sheet of a day."""

    figures: tuple[Figure, ...] = FIGURES
    no_till: str = NO_TILL


@router.get("")
def till(visit: Visiting) -> HTMLResponse:
    """The same for every device: it has what is its own."""
    answer = show(visit, TillPage())
    answer.headers["Content-Security-Policy"] = OF_SCANNING
    answer.headers["Permissions-Policy"] = CAMERA
    return answer


@router.get("/questions/{code}.svg")
def question_picture(visit: Visiting, code: Annotated[str, Path(pattern=r"^[0-9A-Z]{1,20}$")]) -> Response:
    """The link that opens a question in a wallet, to be scanned. Whatever the code is: it tells nothing of it."""
    picture = qr_image(f"{visit.url}/wallet/pay/{code}")
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "no-store"})


@router.get("/worker.js")
def worker() -> Response:
    """The worker, which keeps the page too."""
    return worker_answer("/till", [*(asset_url(name) for name in SHELL), *modules_of("till.js")])
