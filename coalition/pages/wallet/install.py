"""The wallet as an app: what a phone asks for to install it, and the worker that opens it without reception."""

from dataclasses import dataclass

from fastapi import Response
from fastapi.responses import HTMLResponse, ORJSONResponse

from coalition.pages.assets import asset_url
from coalition.pages.page import Page, show
from coalition.pages.page_router import PageRouter
from coalition.pages.service_worker import worker_answer
from coalition.pages.visit import Visiting

router = PageRouter("/wallet")
SHELL = (
    "app.css",
    "checks.js",
    "wallet.js",
    "code.js",
    "pay-code.js",
    "pay-device.js",
    "till-questions.js",
    "awake.js",
    "passkeys.js",
    "atkinson.woff2",
    "icon.svg",
)
"""What the worker keeps from the start."""


@dataclass(frozen=True, slots=True)
class OfflinePage(Page):
    """What is shown where nothing else was kept."""


@router.get("/offline")
def offline(visit: Visiting) -> HTMLResponse:
    """Kept by the worker."""
    return show(visit, OfflinePage())


@router.get("/manifest.json")
def manifest(visit: Visiting) -> Response:
    """The app by its name, its colours and its icons."""
    name = visit.name or visit.say("Points")
    icons = [
        {"src": asset_url(f"icon-{size}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for size in (192, 512)
        for purpose in ("any", "maskable")
    ]
    described = {
        "id": "/wallet",
        "name": name,
        "short_name": name[:12],
        "start_url": "/wallet",
        "scope": "/wallet",
        "display": "standalone",
        "background_color": "#FBF7F0",
        "theme_color": "#FFFFFF",
        "icons": icons,
    }
    return ORJSONResponse(described, media_type="application/manifest+json")


@router.get("/worker.js")
def worker() -> Response:
    """The worker, which also shows what the server lets this phone know, with an icon."""
    return worker_answer("/wallet", [asset_url(name) for name in SHELL], icon=asset_url("icon-192.png"))
